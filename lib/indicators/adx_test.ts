import assert from "node:assert/strict";
import { adx } from "./adx.ts";
import { barsOf, linesOf } from "./test_candles.ts";

// The example of Wilder's book, “New Concepts in Technical Trading Systems” (1978), computed there by hand in whole
// numbers, which is why the published index may be one off.
// deno-fmt-ignore
const BARS = barsOf(
  [274, 273.25, 272, 270.75, 270, 270.5, 268.5, 265.5, 262.5, 263.5, 269.5, 267.25, 267.5, 269.75, 268.25, 264,
   268, 266, 274, 277.5, 277, 272, 267.75, 269.25, 266, 265, 264.75, 261, 257.5, 259, 259.75, 257.25, 250, 254.25,
   254, 253.25, 253.25, 251.75, 253, 251.5, 246.25, 244.25],
  [272, 270.25, 269.75, 268, 269, 268, 266.5, 263, 259, 260, 263, 265, 265.5, 266, 263.25, 261.5, 266.25, 264.25,
   267, 273.5, 272.5, 269.58, 264, 263, 263.5, 262, 261.5, 255.5, 253, 254, 257.5, 250, 247, 252.75, 250.5, 250.25,
   251, 250.5, 249.5, 245.25, 240, 244.25],
  [272.75, 270.75, 270, 269.25, 269.75, 270, 266.5, 263.25, 260.25, 263, 266.5, 267, 265.75, 268.5, 264.25, 264,
   266.5, 265.25, 273, 276.75, 273, 270.25, 266.75, 263, 265.5, 262.25, 262.75, 255.5, 253, 257.5, 257.5, 250,
   249.75, 253.75, 251.25, 250.5, 253, 251.5, 250, 245.75, 242.75, 243.5],
);
const PUBLISHED = [17, 18, 18, 20, 22, 22, 23, 23, 24, 25, 25, 26, 27, 29];

Deno.test("adx - the index has the values of Wilder's book", () => {
  const [index = []] = linesOf(adx, [14], BARS);
  assert.equal(index.findIndex((value) => value !== null), 27);
  const values = index.slice(28).map((value) => value ?? NaN);
  assert.equal(values.length, PUBLISHED.length);
  for (const [at, wanted] of PUBLISHED.entries()) {
    const value = values[at] ?? NaN;
    assert.ok(Math.abs(value - wanted) <= 1, `${value} at ${at} is not ${wanted}`);
  }
});

Deno.test("adx - a steady rise has no falling movement, and a still market none", () => {
  const rise = barsOf([2, 3, 4, 5, 6], [1, 2, 3, 4, 5], [1.5, 2.5, 3.5, 4.5, 5.5]);
  const [index = [], up = [], down = []] = linesOf(adx, [2], rise);
  assert.equal(index.at(-1), 100);
  assert.equal(down.at(-1), 0);
  assert.ok((up.at(-1) ?? 0) > 60);
  const still = barsOf([], [], [1, 1, 1, 1, 1]);
  assert.deepEqual(linesOf(adx, [2], still).map((line) => line.at(-1)), [0, 0, 0]);
});
