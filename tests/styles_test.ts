import assert from "node:assert/strict";

const FOLDER = new URL("../assets/", import.meta.url);

Deno.test("styles - an image in a style sheet needs no escapes, which Fresh's build takes for part of it", async () => {
  const images: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    images.push(...Array.from(text.matchAll(/url\(\s*["']?data:.*/g), ([image]) => image));
  }
  assert.ok(images.length > 0);
  for (const image of images) assert.match(image, /^url\("data:[^"\\]*"\)/);
});
