import assert from "node:assert/strict";
import { bollinger } from "./bollinger.ts";
import { closing, linesOf } from "./test_candles.ts";
import { assertPublished } from "./test_published.ts";

// ChartSchool's worked example.
// deno-fmt-ignore
const PRICES = [
  86.16, 89.09, 88.78, 90.32, 89.07, 91.15, 89.44, 89.18, 86.93, 87.68, 86.96, 89.43, 89.32, 88.72, 87.45,
  87.26, 89.50, 87.90, 89.13, 90.70, 92.90, 92.98, 91.80, 92.66, 92.68,
];

Deno.test("bollinger - the bands have their published values", () => {
  const [middle = [], upper = [], lower = []] = linesOf(bollinger, [20, 2], closing(PRICES));
  assertPublished(middle, [88.71, 89.05, 89.24, 89.39, 89.51, 89.69], 0.01);
  assertPublished(upper, [91.29, 91.95, 92.61, 92.93, 93.31, 93.73], 0.01);
  assertPublished(lower, [86.12, 86.14, 85.87, 85.85, 85.70, 85.65], 0.01);
});

Deno.test("bollinger - without movement the bands lie on their middle, also at a large price", () => {
  const flat = closing(Array.from({ length: 5 }, () => 1e9 + 0.1));
  const [middle = [], upper, lower] = linesOf(bollinger, [3, 2], flat);
  assert.notEqual(middle.at(-1), null);
  assert.deepEqual(upper, middle);
  assert.deepEqual(lower, middle);
});
