import assert from "node:assert/strict";
import fc from "fast-check";
import { ema, sma } from "./averages.ts";
import { columnOver } from "./test_candles.ts";
import { assertPublished } from "./test_published.ts";

// ChartSchool's worked example of ten-day averages.
// deno-fmt-ignore
const PRICES = [
  22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36,
  24.05, 23.75, 23.83, 23.95, 23.63, 23.82, 23.87, 23.65, 23.19, 23.10, 23.33, 22.68, 23.10, 22.40, 22.17,
];

Deno.test("indicators - the simple average has its published values", () => {
  // deno-fmt-ignore
  assertPublished(columnOver(PRICES, sma, 10), [
    22.22, 22.21, 22.23, 22.26, 22.30, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21, 23.38, 23.53, 23.65, 23.71,
    23.69, 23.61, 23.51, 23.43, 23.28, 23.13,
  ], 0.01);
});

Deno.test("indicators - the exponential average has its published values", () => {
  // deno-fmt-ignore
  assertPublished(columnOver(PRICES, ema, 10), [
    22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.80, 22.97, 23.13, 23.28, 23.34, 23.43, 23.51, 23.53, 23.47,
    23.40, 23.39, 23.26, 23.23, 23.08, 22.92,
  ], 0.01);
});

Deno.test("indicators - a line is as long as its values and begins when there are enough", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { maxLength: 60 }),
    fc.integer({ min: 2, max: 30 }),
    (values, period) => {
      for (const line of [columnOver(values, sma, period), columnOver(values, ema, period)]) {
        assert.equal(line.length, values.length);
        line.forEach((value, index) => assert.equal(value === null, index < period - 1));
      }
    },
  ));
});

Deno.test("indicators - an average of one price is that price, and a hole in the values begins it again", () => {
  const flat = Array.from({ length: 8 }, () => 5);
  assertPublished(columnOver(flat, ema, 3), [5, 5, 5, 5, 5, 5], 1e-6);
  assert.deepEqual(columnOver([1, 2, null, 4, 6], sma, 2), [null, 1.5, null, null, 5]);
});
