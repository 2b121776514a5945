import assert from "node:assert/strict";
import { join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = new URL("../assets/", import.meta.url);

Deno.test("styles - Tailwind looks for classes in every file with markup, whatever its folder", async () => {
  const sheet = await Deno.readTextFile(join(ROOT, "static/styles.css"));
  const sources = Array.from(
    sheet.matchAll(/^@source "\.\.\/([^"]+)";$/gm),
    ([, source = ""]) => source,
  );
  const pages = (await Promise.all(["components", "islands", "routes"].map(pagesBelow))).flat();
  assert.ok(pages.length > 40, `${pages.length}`);
  const unseen = pages.filter((page) => !sources.some((source) => matchesGlob(page, source)));
  assert.deepEqual(unseen, []);
});

Deno.test("styles - an image in a style sheet needs no escapes, which Fresh's build takes for part of it", async () => {
  const images: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    images.push(...Array.from(text.matchAll(/url\(\s*["']?data:.*/g), ([image]) => image));
  }
  assert.ok(images.length > 0);
  for (const image of images) assert.match(image, /^url\("data:[^"\\]*"\)/);
});

async function pagesBelow(folder: string): Promise<string[]> {
  const pages: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) pages.push(...await pagesBelow(path));
    else if (name.endsWith(".tsx") && !name.endsWith("_test.tsx")) pages.push(path);
  }
  return pages;
}
