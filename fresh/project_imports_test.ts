import assert from "node:assert/strict";
import { join } from "node:path";
import { type ProjectConfig, readProjectConfig, resolveImport } from "./project_imports.ts";

const PROJECT: ProjectConfig = {
  folder: "/project",
  imports: {
    "preact": "npm:preact@10.29.8",
    "signals": "npm:@preact/signals@^2",
    "fresh": "jsr:@fresh/core@^2.3",
    "wire": "./lib/wire.ts",
    "wire/test": "./tests/wire.ts",
    "@/": "./",
    "icons": "npm:/icon-set@1/outline",
    "remote": "jsr:@scope/name@1",
  },
  links: new Map([["@fresh/core", {
    folder: "/project/fresh",
    exports: { ".": "./mod.ts", "./runtime": "./runtime.ts" },
  }]]),
};

Deno.test("imports - a package's specifier loses its version and keeps its subpath", () => {
  assert.deepEqual(resolveImport(PROJECT, "preact/hooks"), { bare: "preact/hooks" });
  assert.deepEqual(resolveImport(PROJECT, "signals"), { bare: "@preact/signals" });
  assert.deepEqual(resolveImport(PROJECT, "icons/sun.js"), { bare: "icon-set/outline/sun.js" });
  assert.deepEqual(resolveImport(PROJECT, "npm:zod@4.1.0/mini"), { bare: "zod/mini" });
});

Deno.test("imports - a file's specifier is found from deno.json, the longest key first", () => {
  assert.deepEqual(resolveImport(PROJECT, "wire/test"), { path: "/project/tests/wire.ts" });
  assert.deepEqual(resolveImport(PROJECT, "@/lib/wire.ts"), { path: "/project/lib/wire.ts" });
});

Deno.test("imports - a linked package is its own files, by the entry points that it exports", () => {
  const runtime = { path: "/project/fresh/runtime.ts" };
  assert.deepEqual(resolveImport(PROJECT, "fresh"), { path: "/project/fresh/mod.ts" });
  assert.deepEqual(resolveImport(PROJECT, "fresh/runtime"), runtime);
  assert.deepEqual(resolveImport(PROJECT, "jsr:@fresh/core@2/runtime"), runtime);
  assert.equal(resolveImport(PROJECT, "fresh/internal"), null);
});

Deno.test("imports - what the imports do not mention, or what is not a package or file, is left alone", () => {
  assert.equal(resolveImport(PROJECT, "preactual"), null);
  assert.equal(resolveImport(PROJECT, "remote"), null);
});

Deno.test("imports - the nearest deno.json counts, comments and all", async () => {
  const root = await Deno.makeTempDir();
  try {
    const inner = join(root, "a", "b");
    await Deno.mkdir(inner, { recursive: true });
    await Deno.mkdir(join(root, "linked"));
    await Deno.writeTextFile(
      join(root, "a", "deno.jsonc"),
      `{
        // a comment, "quoted"
        "links": ["../linked", "../unnamed"],
        "imports": { "x": "https://x.example/*y*/" } /* end */
      }`,
    );
    await Deno.writeTextFile(
      join(root, "linked", "deno.json"),
      '{ "name": "@scope/linked", "exports": "./mod.ts" }',
    );
    const { folder, imports, links } = await readProjectConfig(inner);
    assert.equal(folder, join(root, "a"));
    assert.deepEqual(imports, { x: "https://x.example/*y*/" });
    assert.deepEqual([...links], [
      ["@scope/linked", { folder: join(root, "linked"), exports: { ".": "./mod.ts" } }],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
