import assert from "node:assert/strict";
import { Continuity } from "./continuity.ts";

function jumps(first: number | null, counts: readonly (number | null)[]): boolean[] {
  const continuity = new Continuity(first);
  return counts.map((count) => continuity.jumped(count));
}

Deno.test("continuity - an unbroken count never jumps, a missing number is seen once", () => {
  assert.deepEqual(jumps(0, [0, 1, 2, 4, 5]), [false, false, false, true, false]);
});

Deno.test("continuity - a count from 0 that begins later has lost its beginning", () => {
  assert.deepEqual(jumps(0, [1, 2]), [true, false]);
});

Deno.test("continuity - a count that may begin anywhere is followed from where it begins", () => {
  assert.deepEqual(jumps(null, [3049, 3050, 3052]), [false, false, true]);
});

Deno.test("continuity - a late or repeated message is not a loss, and the count continues after it", () => {
  assert.deepEqual(jumps(0, [0, 2, 1, 2, 3]), [false, true, false, false, false]);
});

Deno.test("continuity - a count that starts over is a loss once", () => {
  assert.deepEqual(jumps(null, [500, 0, 1, 2]), [false, true, false, false]);
});

Deno.test("continuity - a message without a number is ignored", () => {
  assert.deepEqual(jumps(0, [0, null, 1]), [false, false, false]);
});
