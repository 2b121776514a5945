import assert from "node:assert/strict";
import { dayVwap } from "./day_vwap.ts";

const MIDNIGHT = 1_704_067_200;

function traded(start: number, close: number, volume: number, quoteVolume: number | null) {
  return { start, high: close + 3, low: close - 3, close, volume, quoteVolume };
}

Deno.test("the average is of all that was paid since midnight UTC, and begins anew there", () => {
  const line = dayVwap([
    traded(MIDNIGHT - 120, 100, 2, 210),
    traded(MIDNIGHT - 60, 100, 1, 90),
    traded(MIDNIGHT, 50, 4, 208),
    traded(MIDNIGHT + 60, 50, 4, 192),
  ]);
  assert.deepEqual(line, [105, 100, 52, 50]);
});

Deno.test("where it is not known what was paid, the middle of high, low and close stands in", () => {
  assert.deepEqual(dayVwap([traded(MIDNIGHT, 10, 1, null), traded(MIDNIGHT + 60, 10, 1, 16)]), [
    10,
    13,
  ]);
});

Deno.test("nothing traded has no average", () => {
  assert.deepEqual(dayVwap([traded(MIDNIGHT, 10, 0, 0)]), [null]);
});
