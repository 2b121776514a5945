import assert from "node:assert/strict";
import { joinPath, Router } from "./router.ts";

function routerOf(...paths: string[]): Router<string> {
  const router = new Router<string>();
  for (const path of paths) router.add(["GET"], path, path);
  return router;
}

Deno.test("fresh router - a literal path wins over a pattern that was added before it", () => {
  const router = routerOf("/products/:product", "/products/new");
  assert.equal(router.match("GET", "/products/new").item, "/products/new");
  assert.equal(router.match("GET", "/products/BTC-USD").item, "/products/:product");
});

Deno.test("fresh router - patterns are tried in the order they were added", () => {
  const router = routerOf("/:first", "/:second");
  const match = router.match("GET", "/x");
  assert.equal(match.item, "/:first");
  assert.deepEqual(match.params, { first: "x" });
});

Deno.test("fresh router - the first item for a method and a path stays", () => {
  const router = new Router<string>();
  router.add(["GET"], "/a", "first");
  router.add(["GET", "POST"], "/a", "second");
  assert.equal(router.match("GET", "/a").item, "first");
  assert.equal(router.match("POST", "/a").item, "second");
});

Deno.test("fresh router - HEAD is matched by GET's item unless it has its own", () => {
  const router = new Router<string>();
  router.add(["GET"], "/a", "get");
  router.add(["GET"], "/b", "get");
  router.add(["HEAD"], "/b", "head");
  assert.equal(router.match("HEAD", "/a").item, "get");
  assert.equal(router.match("HEAD", "/b").item, "head");
});

Deno.test("fresh router - a missing method names those that are allowed, HEAD among them where GET is", () => {
  const router = new Router<string>();
  router.add(["GET", "POST"], "/a", "item");
  router.add(["DELETE"], "/b/:id", "item");
  const match = router.match("PUT", "/a");
  assert.equal(match.item, null);
  assert.equal(match.pattern, "/a");
  assert.deepEqual(match.allowed, ["GET", "HEAD", "POST"]);
  assert.deepEqual(router.match("PROPFIND", "/b/1").allowed, ["DELETE"]);
});

Deno.test("fresh router - an unknown path matches no pattern", () => {
  const match = routerOf("/a", "/b/:id").match("GET", "/c");
  assert.equal(match.pattern, null);
  assert.equal(match.item, null);
});

Deno.test("fresh router - parameters are decoded, and one that cannot be is an error", () => {
  const router = routerOf("/p/:name");
  assert.equal(router.match("GET", "/p/a%20b").params.name, "a b");
  assert.throws(() => router.match("GET", "/p/%E0%A4%A"), URIError);
});

Deno.test("fresh router - a literal path is found with or without the slash at its end", () => {
  assert.equal(routerOf("/about").match("GET", "/about/").item, "/about");
});

Deno.test("fresh router - a base path goes before every kind of pattern", () => {
  assert.equal(joinPath("", "/a"), "/a");
  assert.equal(joinPath("/base", "/a"), "/base/a");
  assert.equal(joinPath("/base", "/"), "/base");
  assert.equal(joinPath("/base", "*"), "/base/*");
  assert.equal(joinPath("*", "/a"), "/a");
  assert.equal(joinPath("", "*"), "/*");
});
