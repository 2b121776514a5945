import assert from "node:assert/strict";
import fc from "fast-check";
import { decimal } from "../../lib/candles/decimal.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { alignedCloses, firstFrom, percentOf } from "./aligned_closes.ts";

const candle = (start: number, close: number) =>
  sampleCandle({ start: epochSeconds(start), close: decimal(`${close}`) });

Deno.test("compare - another product's closes stand at a chart's own times, the last one where it did not trade", () => {
  const others = [candle(60, 5), candle(120, 6), candle(300, 7), candle(360, 8)];
  assert.deepEqual(alignedCloses([0, 60, 120, 180, 240, 300, 420], others), [
    null,
    5,
    6,
    6,
    6,
    7,
    8,
  ]);
  assert.deepEqual(alignedCloses([0, 60], []), [null, null]);
});

Deno.test("compare - a close never comes from later than its place", () => {
  const starts = fc.uniqueArray(fc.integer({ min: 0, max: 500 })).map((all) =>
    all.toSorted((a, b) => a - b).map((at) => at * 60)
  );
  fc.assert(fc.property(starts, starts, (own, other) => {
    const cells = alignedCloses(own, other.map((start) => candle(start, start + 1)));
    own.forEach((start, index) => {
      const last = other.filter((at) => at <= start).at(-1);
      assert.equal(cells[index], last === undefined ? null : last + 1);
    });
  }));
});

Deno.test("compare - percent are of the first value in sight", () => {
  assert.equal(firstFrom([null, null, 4, 5], 0), 4);
  assert.equal(firstFrom([null, 3, 4, 5], 3), 5);
  assert.equal(firstFrom([1, null], 1), null);
  assert.equal(firstFrom([2], -7), 2);
  assert.equal(percentOf(5, 4), 25);
  assert.equal(percentOf(null, 4), null);
  assert.equal(percentOf(4, null), null);
});
