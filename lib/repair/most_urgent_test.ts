import assert from "node:assert/strict";
import { mostUrgent } from "./most_urgent.ts";

Deno.test("repair queue - the most urgent come first, and each urgency is computed once", () => {
  const items = Array.from({ length: 500 }, (_, at) => at);
  let computed = 0;
  const chosen = mostUrgent(items, 4, (item) => {
    computed++;
    return item % 250;
  });
  assert.deepEqual(chosen, [249, 499, 248, 498]);
  assert.equal(computed, 500);
});
