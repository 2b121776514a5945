import assert from "node:assert/strict";
import fc from "fast-check";
import { HeikinAshi } from "./heikin_ashi.ts";
import { anyCandles, tradedAt } from "./test_candles.ts";

Deno.test("heikin-ashi - a bar closes at the mean of four prices and opens in the middle of the one before", () => {
  const bars = new HeikinAshi();
  bars.fill(tradedAt([
    { open: 10, high: 14, low: 8, close: 12 },
    { open: 12, high: 13, low: 11, close: 13 },
  ]));
  assert.deepEqual(bars.at(0), { open: 11, high: 14, low: 8, close: 11 });
  assert.deepEqual(bars.at(1), { open: 11, high: 13, low: 11, close: 12.25 });
  assert.equal(bars.at(2), null);
});

Deno.test("heikin-ashi - bars that are kept up to date are what all candles give in one go", () => {
  fc.assert(fc.property(anyCandles(40), (candles) => {
    const [live, whole] = [new HeikinAshi(), new HeikinAshi()];
    candles.forEach((candle, index) => {
      live.fill([...candles.slice(0, index), { ...candle, close: candle.open }], index);
      live.fill(candles.slice(0, index + 1), index);
    });
    whole.fill(candles);
    candles.forEach((_, index) => {
      const bar = whole.at(index);
      assert.deepEqual(live.at(index), bar);
      assert.ok(bar !== null && bar.low <= Math.min(bar.open, bar.close));
      assert.ok(bar.high >= Math.max(bar.open, bar.close));
    });
  }));
});
