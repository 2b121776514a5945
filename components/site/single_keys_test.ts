import assert from "node:assert/strict";
import { singleKeysCookie, singleKeysOn } from "./single_keys.ts";

Deno.test("single keys - are on until a cookie turns them off, and on again once it is gone", () => {
  assert.equal(singleKeysOn(""), true);
  assert.equal(singleKeysOn("theme=dark"), true);
  const off = singleKeysCookie(false);
  assert.equal(singleKeysOn(`theme=dark; ${off.split(";")[0]}`), false);
  assert.match(off, /max-age=31536000; path=\//);
  assert.match(singleKeysCookie(true), /^keys=on; max-age=0; path=\//);
});
