import assert from "node:assert/strict";
import { join } from "node:path";
import { type ProjectConfig, readProjectConfig, resolveImport } from "./project_imports.ts";

const PROJECT: ProjectConfig = {
  folder: "/project",
  imports: {
    "preact": "npm:preact@10.29.8",
    "signals": "npm:@preact/signals@^2",
    "fresh": "./fresh/mod.ts",
    "fresh/runtime": "./fresh/runtime.ts",
    "@/": "./",
    "icons": "npm:/icon-set@1/outline",
    "remote": "jsr:@scope/name@1",
  },
};

Deno.test("a package's specifier loses its version and keeps its subpath", () => {
  assert.deepEqual(resolveImport(PROJECT, "preact/hooks"), { bare: "preact/hooks" });
  assert.deepEqual(resolveImport(PROJECT, "signals"), { bare: "@preact/signals" });
  assert.deepEqual(resolveImport(PROJECT, "icons/sun.js"), { bare: "icon-set/outline/sun.js" });
  assert.deepEqual(resolveImport(PROJECT, "npm:zod@4.1.0/mini"), { bare: "zod/mini" });
});

Deno.test("a file's specifier is found from deno.json, the longest key first", () => {
  assert.deepEqual(resolveImport(PROJECT, "fresh/runtime"), { path: "/project/fresh/runtime.ts" });
  assert.deepEqual(resolveImport(PROJECT, "@/lib/wire.ts"), { path: "/project/lib/wire.ts" });
});

Deno.test("what the imports do not say, or what is not a package or file, is left alone", () => {
  assert.equal(resolveImport(PROJECT, "preactual"), null);
  assert.equal(resolveImport(PROJECT, "remote"), null);
});

Deno.test("the nearest deno.json counts, comments and all", async () => {
  const root = await Deno.makeTempDir();
  try {
    const inner = join(root, "a", "b");
    await Deno.mkdir(inner, { recursive: true });
    await Deno.writeTextFile(
      join(root, "a", "deno.jsonc"),
      '{\n  // a comment, "quoted"\n  "imports": { "x": "https://x.example/*y*/" } /* end */\n}',
    );
    const { folder, imports } = await readProjectConfig(inner);
    assert.equal(folder, join(root, "a"));
    assert.deepEqual(imports, { x: "https://x.example/*y*/" });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
