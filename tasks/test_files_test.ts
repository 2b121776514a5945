import assert from "node:assert/strict";
import { join } from "node:path";
import { findTestFiles } from "./test_files.ts";

const FILES = [
  "lib/a_test.ts",
  "lib/a.ts",
  "lib/deep/b_test.tsx",
  "tasks/test.ts",
  "tests/faults/long_test.ts",
  "tests/page_test.ts",
  "node_modules/p/c_test.ts",
  ".hidden/d_test.ts",
];

async function findIn(...paths: readonly string[]): Promise<string[]> {
  const root = await Deno.makeTempDir();
  try {
    for (const file of FILES) {
      await Deno.mkdir(join(root, file, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, file), "");
    }
    const found = await findTestFiles(paths.map((path) => join(root, path)));
    return found.map((path) => path.slice(root.length + 1));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("test files - a folder's test files are found, without what is installed, hidden or takes very long", async () => {
  assert.deepEqual(await findIn("."), [
    "lib/a_test.ts",
    "lib/deep/b_test.tsx",
    "tests/page_test.ts",
  ]);
});

Deno.test("test files - what is left out of a folder is found when it is named", async () => {
  assert.deepEqual(await findIn("tests/faults"), ["tests/faults/long_test.ts"]);
});

Deno.test("test files - a file that is named and in a named folder is found once", async () => {
  assert.deepEqual(await findIn("lib/deep", "lib/a_test.ts", "lib"), [
    "lib/a_test.ts",
    "lib/deep/b_test.tsx",
  ]);
});
