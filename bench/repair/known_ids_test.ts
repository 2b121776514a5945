import assert from "node:assert/strict";
import { KnownIds } from "./known_ids.ts";

Deno.test("bench repair - ids count as new once, whatever the order they come in", () => {
  const ids = new KnownIds();
  assert.equal(ids.add(100, 109), 10);
  assert.equal(ids.add(105, 114), 5);
  assert.equal(ids.add(80, 89), 10);
  assert.equal(ids.add(85, 104), 10);
  assert.equal(ids.add(80, 114), 0);
  assert.deepEqual([79, 80, 114, 115].map((id) => ids.has(id)), [false, true, true, false]);
  ids.forgetFrom(110);
  assert.equal(ids.add(100, 119), 10);
});
