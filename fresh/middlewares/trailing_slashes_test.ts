import assert from "node:assert/strict";
import { App } from "../app.ts";
import { trailingSlashes } from "./trailing_slashes.ts";

async function locationOf(mode: "always" | "never", path: string): Promise<string | null> {
  const app = new App().use(trailingSlashes(mode)).get("*", (ctx) => ctx.text("ok"));
  const response = await app.handler()(new Request(`http://localhost${path}`));
  await response.body?.cancel();
  return response.headers.get("location");
}

Deno.test("never: a slash at the end is taken off, the query stays", async () => {
  assert.equal(await locationOf("never", "/a/?x=1"), "/a?x=1");
  assert.equal(await locationOf("never", "/a"), null);
  assert.equal(await locationOf("never", "/"), null);
});

Deno.test("always: a missing slash is added", async () => {
  assert.equal(await locationOf("always", "/a?x=1"), "/a/?x=1");
  assert.equal(await locationOf("always", "/a/"), null);
});
