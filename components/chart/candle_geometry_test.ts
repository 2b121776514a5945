import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { candlePaths } from "./candle_geometry.ts";
import { scaleValues } from "./plot_scale.ts";

const BOX = {
  width: 100,
  height: 100,
  topShare: 0.1,
  bottomShare: 0.3,
  volumeShare: 0.2,
  slots: 9,
  emptySlots: 1,
} as const;

const RISING = sampleCandle({
  open: decimal("10"),
  close: decimal("20"),
  low: decimal("0"),
  high: decimal("60"),
  volume: decimal("5"),
});
const FALLING = sampleCandle({ ...RISING, open: decimal("20"), close: decimal("10") });

Deno.test("candle geometry - the highest and lowest price reach the plot's edges, higher prices higher up", () => {
  const paths = candlePaths([RISING], BOX);
  assert.equal(paths?.upWicks, "M85 10V70");
  assert.match(paths?.upBodies ?? "", /^M81\.4 50h7\.2v10h-7\.2z$/);
  assert.equal(paths?.downWicks, "");
});

Deno.test("candle geometry - falling candles are drawn apart from rising ones, volume from the foot", () => {
  const paths = candlePaths([RISING, FALLING], BOX);
  assert.deepEqual(paths?.centers, [75, 85]);
  assert.match(paths?.downBodies ?? "", /^M81\.4 50h7\.2v10h-7\.2z$/);
  assert.match(paths?.downVolume ?? "", /^M81\.4 80h7\.2v20h-7\.2z$/);
});

Deno.test("candle geometry - an unchanged price is still a line, also where nothing else gives the scale a height", () => {
  const price = decimal("0.00000812");
  const still = { open: price, close: price, low: price, high: price };
  const paths = candlePaths([sampleCandle(still)], BOX);
  assert.match(paths?.upBodies ?? "", /v1h/);
  assert.doesNotMatch(JSON.stringify(paths), /null|NaN|Infinity/);
});

Deno.test("candle geometry - more candles than slots share the width", () => {
  const paths = candlePaths(Array.from({ length: 99 }, () => RISING), BOX);
  assert.equal(paths?.centers[0], 0.5);
  assert.equal(paths?.centers.at(-1), 98.5);
});

Deno.test("candle geometry - a closed candle that is not proven is pale, a live one is not", () => {
  const closed = candlePaths([sampleCandle({ ...RISING, exact: false })], BOX);
  assert.notEqual(closed?.upPale, "");
  assert.equal(closed?.upBodies, "");
  const live = candlePaths([sampleCandle({ ...RISING, exact: false, isComplete: false })], BOX);
  assert.equal(live?.upPale, "");
  assert.notEqual(live?.upBodies, "");
});

Deno.test("candle geometry - no candles are no picture", () => {
  assert.equal(candlePaths([], BOX), null);
});

Deno.test("candle geometry - the scale's values are round, within the range and never too many", () => {
  assert.deepEqual(scaleValues(68.4, 71.2), [68.5, 69, 69.5, 70, 70.5, 71]);
  assert.deepEqual(scaleValues(0, 10), [0, 2, 4, 6, 8, 10]);
  assert.equal(scaleValues(5, 5).length, 1);
  for (const [low, high] of [[0.0000078, 0.0000085], [1e9, 3e9], [99.99, 100.01]] as const) {
    const values = scaleValues(low, high);
    assert.ok(values.length >= 2 && values.length <= 9, `${values}`);
    assert.ok(values.every((value) => value >= low && value <= high), `${values}`);
  }
});
