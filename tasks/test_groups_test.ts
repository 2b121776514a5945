import assert from "node:assert/strict";
import { join } from "node:path";
import { groupTestFiles } from "./test_groups.ts";

const TEST = (title: string) => `Deno.test("${title}", () => {});\n`;

Deno.test("test groups - the files of a folder run in one module, each once, all others alone", async () => {
  const root = await Deno.makeTempDir();
  try {
    const files = ["quick/a_test.ts", "quick/deep/b_test.ts", "slow/c_test.ts", "quick_d_test.ts"]
      .map((file) => join(root, file));
    for (const file of files) {
      await Deno.mkdir(join(file, ".."), { recursive: true });
      await Deno.writeTextFile(file, TEST(file.slice(root.length + 1)));
    }
    const modules = await groupTestFiles(
      files,
      (file) => file.includes("quick/") ? "quick" : null,
      root,
    );
    assert.equal(modules.length, 3);
    assert.deepEqual(modules.slice(1), files.slice(2));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-config", "--no-check", modules[0] ?? ""],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const output = new TextDecoder().decode(stdout);
    for (const title of ["quick/a_test.ts", "quick/deep/b_test.ts"]) {
      assert.equal(output.split(`${title} ... ok`).length, 2, output);
    }
    assert.match(output, /2 passed \| 0 failed/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
