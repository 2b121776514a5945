import assert from "node:assert/strict";
import { rsi, rsiOfCloses } from "./rsi.ts";
import { closing, lineOf } from "./test_candles.ts";
import { assertPublished } from "./test_published.ts";

// ChartSchool's worked example.
// deno-fmt-ignore
const PRICES = [
  44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
  46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521,
  45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
];

Deno.test("rsi - the index has its published values", () => {
  // deno-fmt-ignore
  assertPublished(lineOf(rsi, [14], closing(PRICES)), [
    70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87,
    45.46, 37.30, 33.08, 37.77,
  ], 0.01);
});

Deno.test("rsi - it is 100 where all rises, 0 where all falls and 50 where nothing moves", () => {
  assert.deepEqual(lineOf(rsi, [2], closing([1, 2, 3, 4])), [null, null, 100, 100]);
  assert.deepEqual(lineOf(rsi, [2], closing([4, 3, 2, 1])), [null, null, 0, 0]);
  assert.deepEqual(lineOf(rsi, [2], closing([1, 1, 1])), [null, null, 50]);
});

Deno.test("rsi - over closing prices alone it is the same", () => {
  assert.deepEqual(rsiOfCloses(PRICES, 14), lineOf(rsi, [14], closing(PRICES)));
});
