import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { SHORTCUTS } from "./shortcut_table.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Folders of code that runs in pages; `static` has files written by hand. */
const FOLDERS = ["components", "islands", "lib/browser", "lib/drawings", "lib/alerts", "static"];
/** Bundled from those folders. */
const BUNDLED = /^static\/(client|site|palette|spot-chart)\.js$/;
/** The tables, and how their keys are written and named. */
const TABLES = /_keys\.ts$/;
const NAMED = /^components\/(site\/key_(press|action)|shortcuts\/key_caps)\.ts$/;
/** How a file listens to keys. */
const LISTENS = /"key(down|up|press)"|\bonKey(Down|Up|Press)\b/;
const LOOKS_UP = /\bkeyAction\(|\b[A-Z]+_KEYS\.\w+\.includes\(/;
/** A key's name, where it is not an attribute's value. */
const KEY_NAME =
  /(?<!=)["'`](Arrow(Up|Down|Left|Right)|Enter|Escape|Esc|Tab|Home|End|Page(Up|Down)|Delete|Backspace|Insert|Spacebar|F\d+)["'`]/;
const COMPARED =
  /\bkey(\.toLowerCase\(\))? ?[!=]==? ?["'`]|["'`] ?[!=]==? ?\w+\.key\b|\.(code|which|charCode)\b ?[!=]==/;

interface Source {
  readonly path: string;
  readonly text: string;
}

Deno.test("shortcuts - every table of keys is on the page, each of its actions with keys and words", async () => {
  const listed = new Set<unknown>(SHORTCUTS.map(({ table }) => table));
  let count = 0;
  for (const { path } of (await sources()).filter(({ path }) => TABLES.test(path))) {
    const exported: Record<string, unknown> = await import(join(ROOT, path));
    for (const [name, table] of Object.entries(exported).filter(([name]) => /_KEYS$/.test(name))) {
      assert.ok(listed.has(table), `${name} of ${path}`);
      count++;
    }
  }
  assert.equal(count, SHORTCUTS.length);
  for (const { id, title, table, shortcuts } of SHORTCUTS) {
    assert.equal(shortcuts.length, Object.keys(table).length, id);
    for (const { keys, does } of shortcuts) assert.ok(keys.length > 0 && does.length > 2, title);
  }
  assert.equal(new Set(SHORTCUTS.map(({ id }) => id)).size, SHORTCUTS.length);
});

Deno.test("shortcuts - every listener to keys looks them up in a table, and no key is named anywhere else", async () => {
  const listening: string[] = [];
  for (const { path, text } of await sources()) {
    if (TABLES.test(path) || NAMED.test(path)) continue;
    const lines = text.split("\n");
    for (const [at, line] of lines.entries()) {
      assert.doesNotMatch(line, KEY_NAME, `${path}:${at + 1} names a key`);
      assert.doesNotMatch(line, COMPARED, `${path}:${at + 1} compares a key`);
    }
    if (!LISTENS.test(text)) continue;
    listening.push(path);
    // `PriceChart` and `listenToGestures` pass the press to a function of theirs.
    assert.ok(LOOKS_UP.test(text) || /\bsightByKey\(event\b/.test(text), `${path} uses no table`);
  }
  assert.ok(listening.length >= 8, listening.join());
});

Deno.test("shortcuts - keys of one place are for one action each", () => {
  for (const { title, table } of SHORTCUTS) {
    const keys = Object.values(table).flat();
    assert.equal(new Set(keys).size, keys.length, title);
  }
});

async function sources(): Promise<readonly Source[]> {
  const paths = (await Promise.all(FOLDERS.map((folder) => filesBelow(join(ROOT, folder))))).flat()
    .map((path) => relative(ROOT, path))
    .filter((path) => /\.(tsx?|js)$/.test(path) && !/_test\.tsx?$|\.d\.ts$/.test(path))
    .filter((path) => !BUNDLED.test(path));
  assert.ok(paths.length > 150, `${paths.length}`);
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Deno.readTextFile(join(ROOT, path)) })),
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesBelow(path));
    else found.push(path);
  }
  return found;
}
