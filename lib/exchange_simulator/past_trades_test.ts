import assert from "node:assert/strict";
import { Exchange } from "./exchange.ts";
import { shortestDecimal } from "./fixed_point.ts";
import { Truth } from "./truth.ts";

const DAY = 86_400;
const START_SECONDS = Date.UTC(2026, 3, 7, 14, 30, 42) / 1000;

function exchange(changes: Partial<ConstructorParameters<typeof Exchange>[0]> = {}) {
  return new Exchange({
    seed: 7,
    products: 10,
    tradesPerSecond: 1,
    pastTradesPerSecond: 0.5,
    historyHours: 24 * 8,
    historyDays: 20,
    retainHours: Infinity,
    extraListings: false,
    ...changes,
  }, START_SECONDS * 1e6);
}

Deno.test("simulated past - ids and times run on from days ago into the live trades", () => {
  const it = exchange();
  it.advanceTo((START_SECONDS + 300) * 1e6);
  for (const id of ["SOL-USD", "ADA-USD", "SHIB-USD"]) {
    const { market } = it.listings.get(id) ?? assert.fail();
    let lastId: number | null = null;
    let lastMicros = 0;
    for (let i = market.first; i < market.end; i++) {
      if (lastId !== null) assert.equal(market.tradeId(i), lastId + 1);
      lastId = market.tradeId(i);
      assert.ok(market.micros(i) >= lastMicros, `${id} ${i}`);
      assert.ok(market.micros(i) < START_SECONDS * 1e6 === i < 0, `${id} ${i}`);
      lastMicros = market.micros(i);
    }
    const days = (START_SECONDS * 1e6 - market.micros(market.first)) / 1e6 / DAY;
    assert.ok(days > 7.9 && days <= 8.001, `${id} reaches back ${days} days`);
  }
});

Deno.test("simulated past - a stretch is the same however one comes there", () => {
  const forwards = exchange();
  const directly = exchange({ historyHours: 24 * 15 });
  const to = START_SECONDS - 3 * DAY;
  for (const id of ["BTC-USD", "ADA-USD"]) {
    const all = [...new Truth(forwards).trades(id)];
    const part = [...new Truth(directly).trades(id, { from: to - 7200, to })];
    const first = all.findIndex(({ tradeId }) => tradeId === part[0]?.tradeId);
    assert.ok(part.length > 0 && first > 0, `${part.length} trades, from ${first}`);
    assert.deepEqual(all.slice(first, first + part.length), part);
    assert.ok(Date.parse(all[first - 1]?.time ?? "") < (to - 7200) * 1000);
    assert.ok(Date.parse(all[first + part.length]?.time ?? "") >= to * 1000);
  }
});

Deno.test("simulated past - candles of all lengths are the merge of its trades", () => {
  const it = exchange();
  it.advanceTo((START_SECONDS + 300) * 1e6);
  const truth = new Truth(it);
  const today = Math.floor(START_SECONDS / DAY) * DAY;
  for (const [id, { candles, market }] of it.listings) {
    const { priceDecimals, sizeDecimals } = market.profile;
    // The days in the middle, all of today, and minutes across both midnight and the start.
    for (
      const [seconds, from, to] of [
        [DAY, today - 7 * DAY, today],
        [3600, today - 30 * 3600, today + 15 * 3600],
        [60, today - 1800, today + 1800],
        [60, START_SECONDS - 42 - 1800, START_SECONDS + 258],
      ] as const
    ) {
      const actual = candles.candles(seconds, from, to - 1).map((candle) => [
        candle.start,
        ...[candle.open, candle.high, candle.low, candle.close]
          .map((ticks) => shortestDecimal(ticks, priceDecimals)),
        shortestDecimal(candle.volume, sizeDecimals),
      ]);
      const expected = truth.candles(id, seconds, from, to)
        .map((
          { start, open, high, low, close, volume },
        ) => [start, open, high, low, close, volume]);
      assert.deepEqual(actual, expected, `${id} ${seconds} ${from}`);
      if (seconds >= 3600) assert.ok(actual.length > (to - from) / seconds / 2, id);
    }
  }
});

Deno.test("simulated past - there are as many trades as configured, and the volume continues", () => {
  const it = exchange({ products: ["BTC-USD"], tradesPerSecond: 8, pastTradesPerSecond: 2 });
  it.advanceTo((START_SECONDS + 12 * 3600) * 1e6);
  const { market, candles } = it.listings.get("BTC-USD") ?? assert.fail();
  const perSecond = -market.first / (8 * DAY);
  assert.ok(perSecond > 1.5 && perSecond < 2.5, `${perSecond} trades a second`);
  const hour = Math.ceil(START_SECONDS / 3600) * 3600;
  const volume = (from: number) =>
    candles.candles(3600, from, from + 11 * 3600 - 1)
      .reduce((sum, { volume }) => sum + Number(volume), 0);
  const ratio = volume(hour) / volume(hour - 12 * 3600);
  assert.ok(ratio > 0.4 && ratio < 2.5, `${ratio} times the volume`);
});

Deno.test("simulated past - a crowded second has its trades, and the ids before are lower", () => {
  const usual = exchange();
  const crowded = exchange();
  const second = START_SECONDS - 2 * DAY;
  crowded.crowd(crowded.listings.get("BTC-USD") ?? assert.fail(), second, 3000);
  const tradesOf = (
    it: Exchange,
    from: number,
    to: number,
  ) => [...new Truth(it).trades("BTC-USD", { from, to })];
  const inside = tradesOf(crowded, second, second + 1);
  assert.ok(inside.length >= 3000 && inside.length < 3030, `${inside.length}`);
  const later = [second + 60, second + 3600] as const;
  assert.deepEqual(tradesOf(crowded, ...later), tradesOf(usual, ...later));
  const earlier = [second - 3600, second - 60] as const;
  assert.deepEqual(
    tradesOf(crowded, ...earlier),
    tradesOf(usual, ...earlier).map((trade) => ({
      ...trade,
      tradeId: String(Number(trade.tradeId) - 3000),
    })),
  );
  const { market, candles } = crowded.listings.get("BTC-USD") ?? assert.fail();
  const minute = second - second % 60;
  const [candle] = candles.candles(60, minute, minute);
  const [truth] = new Truth(crowded).candles("BTC-USD", 60, minute, minute + 60);
  assert.equal(
    shortestDecimal(candle?.volume ?? 0n, market.profile.sizeDecimals),
    truth?.volume,
  );
});

Deno.test("simulated past - ids that never existed are where a command put them", () => {
  const it = exchange({ products: ["BTC-USD"] });
  const { market } = it.listings.get("BTC-USD") ?? assert.fail();
  const at = START_SECONDS - DAY;
  market.skipPastIds(7, at * 1e6);
  it.crowd(it.listings.get("BTC-USD") ?? assert.fail(), at + 3600, 500);
  const trades = [...new Truth(it).trades("BTC-USD", { from: at - 3600, to: at + 7200 })];
  const jumps = trades.slice(1).flatMap((trade, i) => {
    const step = Number(trade.tradeId) - Number(trades[i]?.tradeId);
    return step === 1 ? [] : [{ step, time: trade.time }];
  });
  assert.equal(jumps.length, 1, JSON.stringify(jumps));
  assert.equal(jumps[0]?.step, 8);
  assert.ok(Math.abs(Date.parse(jumps[0]?.time ?? "") / 1000 - at) < 60, jumps[0]?.time);
});

Deno.test("simulated past - only seconds that are wholly past can be crowded", () => {
  const it = exchange({ products: ["BTC-USD"] });
  const listing = it.listings.get("BTC-USD") ?? assert.fail();
  for (const second of [START_SECONDS, START_SECONDS - 9 * DAY, NaN]) {
    assert.throws(() => it.crowd(listing, second, 10), RangeError);
  }
  assert.throws(() => it.crowd(listing, START_SECONDS - 60, 0), RangeError);
});

Deno.test("simulated past - a product that is listed later has none", () => {
  const it = exchange({ products: ["BTC-USD"] });
  it.list("NEW-USD", 5, START_SECONDS * 1e6);
  it.advanceTo((START_SECONDS + 60) * 1e6);
  const { market, candles } = it.listings.get("NEW-USD") ?? assert.fail();
  assert.equal(market.first, 0);
  assert.ok(market.end > 0 && !market.has(-1));
  assert.deepEqual(candles.candles(60, START_SECONDS - DAY, START_SECONDS - 60), []);
});
