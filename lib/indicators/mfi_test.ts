import assert from "node:assert/strict";
import { mfi } from "./mfi.ts";
import { lineOf, tradedAt } from "./test_candles.ts";
import { assertPublished } from "./test_published.ts";

// ChartSchool's worked example, whose table gives typical prices, rounded.
// deno-fmt-ignore
const TYPICAL = [
  24.63, 24.69, 24.99, 25.36, 25.19, 25.17, 25.01, 24.96, 25.08, 25.25, 25.21, 25.37, 25.61, 25.58, 25.46, 25.33,
  25.09, 25.03, 24.91, 24.89, 25.13,
];
// deno-fmt-ignore
const VOLUME = [
  18730, 12272, 24691, 18358, 22964, 15919, 16067, 16568, 16019, 9774, 22573, 12987, 10907, 5799, 7395, 5818, 7165,
  5673, 5625, 5023, 7457,
];

Deno.test("mfi - the index has its published values", () => {
  const candles = TYPICAL.map((close, index) => ({ close, volume: VOLUME[index] ?? 0 }));
  assertPublished(
    lineOf(mfi, [14], tradedAt(candles)),
    [49.47, 45.11, 36.27, 28.41, 31.53, 33.87, 41.29],
    0.02,
  );
});

Deno.test("mfi - it is 100 where all rises, 0 where all falls and 50 where nothing moves", () => {
  const ends = [[1, 2, 3], [3, 2, 1], [1, 1, 1]].map((prices) =>
    lineOf(mfi, [2], tradedAt(prices.map((close) => ({ close })))).at(-1)
  );
  assert.deepEqual(ends, [100, 0, 50]);
});
