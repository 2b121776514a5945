import assert from "node:assert/strict";
import { Exchange } from "./exchange.ts";
import { shortestDecimal } from "./fixed_point.ts";
import { Truth } from "./truth.ts";

const START = Date.UTC(2026, 3, 7, 14, 30, 2) * 1000;
const DAY = 86_400;

function exchange(): Exchange {
  const it = new Exchange({
    seed: 3,
    products: 14,
    tradesPerSecond: 60,
    pastTradesPerSecond: 60,
    historyHours: 0.5,
    historyDays: 400,
    retainHours: Infinity,
    extraListings: false,
  }, START);
  it.advanceTo(START + 300e6);
  return it;
}

Deno.test("simulated candles - candles are the trades' own, wherever there are trades", () => {
  const it = exchange();
  const truth = new Truth(it);
  const from = Math.floor(START / 1e6 / 300) * 300 - 1500;
  for (const [id, { candles, market }] of it.listings) {
    const { priceDecimals, sizeDecimals } = market.profile;
    for (const seconds of [60, 300]) {
      const expected = truth.candles(id, seconds, from, from + 2400)
        .map((
          { start, open, high, low, close, volume },
        ) => [start, open, high, low, close, volume]);
      const actual = candles.candles(seconds, from, from + 2399).map((candle) => [
        candle.start,
        ...[candle.open, candle.high, candle.low, candle.close]
          .map((ticks) => shortestDecimal(ticks, priceDecimals)),
        shortestDecimal(candle.volume, sizeDecimals),
      ]);
      assert.deepEqual(actual, expected, `${id} ${seconds}`);
    }
  }
});

Deno.test("simulated candles - minutes of the past join without a jump, up to the first live trade", () => {
  const it = exchange();
  const end = Math.floor(START / 1e6 / 60) * 60;
  for (const id of ["BTC-USD", "PEPE-USD"]) {
    const minutes = it.listings.get(id)?.candles.candles(60, end - 3 * DAY, end) ?? [];
    assert.ok(minutes.length > 3 * 1400, `${minutes.length} minutes`);
    for (let i = 1; i < minutes.length; i++) {
      assert.equal(minutes[i]?.open, minutes[i - 1]?.close, `${id} at ${minutes[i]?.start}`);
    }
    const market = it.listings.get(id)?.market;
    const last = market?.ticks(-1) ?? 0;
    const first = market?.ticks(0) ?? 0;
    assert.ok(Math.abs(first / last - 1) < 0.005, `${id} from ${last} to ${first}`);
  }
});

Deno.test("simulated candles - larger candles are the merge of their minutes, across the join too", () => {
  const midnight = Math.floor(START / 1e6 / DAY) * DAY;
  let most = 0n;
  for (const [id, { candles }] of exchange().listings) {
    for (const [seconds, start] of [[3600, midnight + 14 * 3600], [DAY, midnight - DAY]] as const) {
      const [large] = candles.candles(seconds, start, start);
      const minutes = candles.candles(60, start, start + seconds - 60);
      const volume = minutes.reduce((sum, { volume }) => sum + volume, 0n);
      assert.deepEqual(large, {
        start,
        open: minutes[0]?.open,
        high: Math.max(...minutes.map(({ high }) => high)),
        low: Math.min(...minutes.map(({ low }) => low)),
        close: minutes.at(-1)?.close,
        volume,
      }, `${id} ${seconds}`);
      if (volume > most) most = volume;
    }
  }
  assert.ok(most > BigInt(Number.MAX_SAFE_INTEGER), "one of them is beyond what a double has");
});

Deno.test("simulated candles - 300 days look like a market: no day is lost, no price is absurd", () => {
  const it = exchange();
  for (const [id, { candles, market }] of it.listings) {
    const days = candles.candles(DAY, START / 1e6 - 300 * DAY, START / 1e6);
    assert.equal(days.length, 300, id);
    const usual = market.profile.price * 10 ** market.profile.priceDecimals;
    for (const { open, high, low, close, volume } of days) {
      assert.ok(low >= 1 && low <= Math.min(open, close) && high >= Math.max(open, close));
      assert.ok(high < usual * 20 && volume > 0n, id);
    }
  }
});
