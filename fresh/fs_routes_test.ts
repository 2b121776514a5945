import assert from "node:assert/strict";
import { compareRoutes, parseRoutePath } from "./fs_routes.ts";

const PATTERNS: Readonly<Record<string, string>> = {
  "index.tsx": "/",
  "about.tsx": "/about",
  "products/index.tsx": "/products",
  "products/[product].tsx": "/products/:product",
  "products/[product]/history.ts": "/products/:product/history",
  "files/[...path].ts": "/files/:path*",
  "docs/[[version]]/index.tsx": "/docs{/:version}?",
  "[[lang]].tsx": "/{:lang}?",
  "(pages)/terms.tsx": "/terms",
  "(pages)/index.tsx": "/",
  "charts/[product]@[granularity].tsx": "/charts/:product@:granularity",
  "[...slug].tsx": "/:slug*",
};

for (const [path, pattern] of Object.entries(PATTERNS)) {
  Deno.test(`fresh routes - routes/${path} answers ${pattern}`, () => {
    assert.equal(parseRoutePath(path).pattern, pattern);
    assert.equal(parseRoutePath(path).kind, "route");
    assert.doesNotThrow(() => new URLPattern({ pathname: pattern }));
  });
}

Deno.test("fresh routes - an optional parameter may be missing from the path", () => {
  for (
    const [path, without, wanted] of [
      ["docs/[[version]]/index.tsx", "/docs", "/docs/v2"],
      ["[[lang]].tsx", "/", "/de"],
    ] as const
  ) {
    const pattern = new URLPattern({ pathname: parseRoutePath(path).pattern });
    assert.ok(pattern.test({ pathname: without }), `${path} answers ${without}`);
    assert.ok(pattern.test({ pathname: wanted }), `${path} answers ${wanted}`);
  }
});

Deno.test("fresh routes - special files are recognised by their names and cover their folder", () => {
  const kinds = ["_app", "_layout", "_middleware", "_error"]
    .map((name) => parseRoutePath(`(pages)/about/${name}.tsx`));
  assert.deepEqual(kinds.map(({ kind }) => kind), [
    "app",
    "layout",
    "middleware",
    "error",
  ]);
  assert.ok(kinds.every(({ folder }) => folder === "/(pages)/about"));
});

Deno.test("fresh routes - two parameters without text between them are an error that names the file", () => {
  assert.throws(() => parseRoutePath("a/[b][c].ts"), /routes\/a\/\[b\]\[c\]\.ts/);
  assert.throws(() => parseRoutePath("a/x[[b]].ts"), /routes\/a\/x\[\[b\]\]\.ts/);
});

Deno.test("fresh routes - specific routes come before general ones, wrappers before all", () => {
  const sorted = [
    "[...slug].tsx",
    "docs/[[version]]/index.tsx",
    "products/[product].tsx",
    "products/_layout.tsx",
    "[page].tsx",
    "products/new.tsx",
    "products/[product].json.ts",
    "_middleware.ts",
    "_app.tsx",
  ].map((path) => ({ path, ...parseRoutePath(path) })).sort(compareRoutes);
  assert.deepEqual(sorted.map(({ path }) => path), [
    "_app.tsx",
    "products/_layout.tsx",
    "_middleware.ts",
    "docs/[[version]]/index.tsx",
    "products/new.tsx",
    "products/[product].json.ts",
    "products/[product].tsx",
    "[page].tsx",
    "[...slug].tsx",
  ]);
});
