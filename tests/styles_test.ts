import assert from "node:assert/strict";
import { join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";
import { MARKET_COLUMNS } from "../components/market/market_columns.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const THIS_FILE = "tests/styles_test.ts";
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

Deno.test("styles - a column is found by its name, never by its place in the table", async () => {
  const sheets =
    (await Promise.all(["assets", "static"].map((folder) => filesBelow(folder, /\.css$/)))).flat();
  const code = /\.tsx?$/;
  const pages = (await Promise.all(
    ["components", "islands", "routes", "tests"].map((folder) => filesBelow(folder, code)),
  )).flat();
  assert.ok(sheets.length > 5 && pages.length > 150, `${sheets.length} ${pages.length}`);
  const placed: string[] = [];
  for (const path of [...sheets, ...pages]) {
    const text = await Deno.readTextFile(join(ROOT, path));
    const byPlace = path.endsWith(".css") ? BY_PLACE : CELL_BY_PLACE;
    placed.push(...Array.from(text.matchAll(byPlace), ([found]) => `${path}: ${found}`));
  }
  assert.deepEqual(placed, []);
});

Deno.test("styles - a selector that goes by a column's place is seen, one for an edge or for rows is not", () => {
  const seen = (text: string) => [...text.matchAll(CELL_BY_PLACE)].length;
  assert.equal(seen("tr td:nth-child(4), th:nth-of-type(2), :is(th, td):nth-last-child(1)"), 3);
  assert.equal(seen("row.cells[3]; tr:nth-child(2); td:last-child"), 1);
});

Deno.test("styles - on paper lines and signs have the light theme's colours", async () => {
  const read = async (name: string) => await Deno.readTextFile(new URL(name, FOLDER));
  const [light = ""] = /name: "paper";[^}]*/.exec(await read("themes.css")) ?? [];
  const colors = new Map(
    Array.from(
      light.matchAll(/(--color-[\w-]+): ([^;]+);/g),
      ([, name = "", color]) => [name, color] as const,
    ),
  );
  const onPaper = [...(await read("print.css")).matchAll(/(--color-[\w-]+): ([^;]+);/g)]
    .filter(([, name = ""]) => !name.startsWith("--color-base-"));
  assert.ok(onPaper.length >= 17, `${onPaper.length}`);
  for (const [, name = "", color] of onPaper) assert.equal(color, colors.get(name), name);
});

Deno.test("styles - the dashboard's columns all have a place on a phone, and styles name no others", async () => {
  const sheet = await Deno.readTextFile(new URL("market.css", FOLDER));
  const columns = MARKET_COLUMNS.map(({ name }) => name).sort();
  const [, areas = ""] = /grid-template-areas:((?:\s*"[^"]*")+)/.exec(sheet) ?? [];
  assert.deepEqual([...new Set(areas.match(/[\w-]+/g))].sort(), columns);
  const named = (what: RegExp) =>
    [...new Set(Array.from(sheet.matchAll(what), ([, name]) => name))].sort();
  assert.deepEqual(named(/\[data-col="(\w+)"\] \{\s*grid-area: \1;/g), columns);
  assert.deepEqual(named(/\[data-col="(\w+)"\]/g), columns);
});

/** In a style sheet of ours nothing is found by its number. */
const BY_PLACE = /:nth-(?:last-)?(?:child|of-type)[^\s{]*/g;
const CELL_BY_PLACE = /(?:\bt[dh]\b\)?:nth-(?:last-)?(?:child|of-type)\([^)]*\)|\.cells\[\d+\])/g;

function pagesBelow(folder: string): Promise<string[]> {
  return filesBelow(folder, /(?<!_test)\.tsx$/);
}

async function filesBelow(folder: string, wanted: RegExp): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) files.push(...await filesBelow(path, wanted));
    else if (wanted.test(name) && path !== THIS_FILE) files.push(path);
  }
  return files;
}
