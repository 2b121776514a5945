import assert from "node:assert/strict";
import { ToldIds } from "./told_ids.ts";

Deno.test("bench repair - ids count as new once, whatever the order they are told in", () => {
  const told = new ToldIds();
  assert.equal(told.add(100, 109), 10);
  assert.equal(told.add(105, 114), 5);
  assert.equal(told.add(80, 89), 10);
  assert.equal(told.add(85, 104), 10);
  assert.equal(told.add(80, 114), 0);
  told.forgetFrom(110);
  assert.equal(told.add(100, 119), 10);
});
