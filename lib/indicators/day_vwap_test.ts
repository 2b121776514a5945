import assert from "node:assert/strict";
import type { Traded } from "./sheet.ts";
import { lineOf, linesOf } from "./test_candles.ts";
import { vwap } from "./vwap.ts";
import { vwapBands } from "./vwap_bands.ts";

const MIDNIGHT = 1_704_067_200;

function traded(start: number, close: number, volume: number, quoteVolume: number | null): Traded {
  return { start, open: close, high: close + 3, low: close - 3, close, volume, quoteVolume };
}

const DAY = [
  traded(MIDNIGHT, 50, 4, 208),
  traded(MIDNIGHT + 60, 50, 4, 192),
  traded(MIDNIGHT + 120, 60, 2, 120),
];

Deno.test("vwap - the average is of all that was paid since midnight UTC, and begins again there", () => {
  const before = [traded(MIDNIGHT - 86_400, 100, 2, 210), traded(MIDNIGHT - 60, 100, 1, 90)];
  assert.deepEqual(lineOf(vwap, [], [...before, ...DAY]), [105, 100, 52, 50, 52]);
});

Deno.test("vwap - a day whose first candles are missing has no average", () => {
  const partial = [traded(MIDNIGHT - 120, 100, 2, 210), traded(MIDNIGHT - 60, 100, 1, 90)];
  assert.deepEqual(lineOf(vwap, [], [...partial, ...DAY]), [null, null, 52, 50, 52]);
});

Deno.test("vwap - without a quote volume the mean of high, low and close is used", () => {
  const candles = [traded(MIDNIGHT, 10, 1, null), traded(MIDNIGHT + 60, 10, 1, 16)];
  assert.deepEqual(lineOf(vwap, [], candles), [10, 13]);
});

Deno.test("vwap - nothing traded has no average", () => {
  assert.deepEqual(lineOf(vwap, [], [traded(MIDNIGHT, 10, 0, 0)]), [null]);
});

Deno.test("vwap - the bands lie weighted standard deviations around the average", () => {
  const [average, upper, lower] = linesOf(vwapBands, [2], DAY);
  assert.deepEqual(average, [52, 50, 52]);
  // (4 × (52 − 52)² + 4 × (48 − 52)² + 2 × (60 − 52)²) / 10 = 19.2
  const wide = 2 * Math.sqrt(19.2);
  assert.ok(Math.abs((upper?.[2] ?? 0) - (52 + wide)) < 1e-9);
  assert.ok(Math.abs((lower?.[2] ?? 0) - (52 - wide)) < 1e-9);
  assert.equal(upper?.[0], 52);
});
