import assert from "node:assert/strict";
import { Exchange } from "./exchange.ts";
import { Truth } from "./truth.ts";

const START = Date.UTC(2026, 3, 7, 14, 30, 2) * 1000;

function exchange(changes: Partial<ConstructorParameters<typeof Exchange>[0]> = {}) {
  return new Exchange({
    seed: 7,
    products: 12,
    tradesPerSecond: 40,
    pastTradesPerSecond: 40,
    historyHours: 0.1,
    historyDays: 10,
    retainHours: Infinity,
    extraListings: false,
    ...changes,
  }, START);
}

Deno.test("simulator - the same seed gives the same trades, however time is cut into steps", () => {
  const one = exchange();
  const other = exchange();
  // Looking at the past first must not change the future either.
  assert.ok([...new Truth(one).rows()].length > 0);
  one.advanceTo(START + 60e6);
  for (let i = 1; i <= 600; i++) other.advanceTo(START + i * 1e5);
  const rows = [...new Truth(one).rows()];
  assert.deepEqual(rows, [...new Truth(other).rows()]);
  assert.ok(rows.length > 4000, `${rows.length} trades`);
});

Deno.test("simulator - another seed gives other trades", () => {
  const [one] = [...new Truth(exchange()).rows(["BTC-USD"])];
  const [other] = [...new Truth(exchange({ seed: 8 })).rows(["BTC-USD"])];
  assert.notDeepEqual(one, other);
});

Deno.test("simulator - trade ids are contiguous and times never fall, from the past into the present", () => {
  const it = exchange();
  it.advanceTo(START + 120e6);
  for (const id of it.listings.keys()) {
    let lastId = -1;
    let lastTime = 0;
    for (const trade of new Truth(it).trades(id)) {
      const time = Date.parse(trade.time);
      if (lastId >= 0) assert.equal(Number(trade.tradeId), lastId + 1);
      assert.ok(time >= lastTime, `${id} ${trade.time}`);
      lastId = Number(trade.tradeId);
      lastTime = time;
    }
    assert.match(String(lastId), /^\d{9}$/);
  }
});

Deno.test("simulator - some takers meet several makers in one microsecond", () => {
  const it = exchange();
  it.advanceTo(START + 30e6);
  const times = [...new Truth(it).trades("BTC-USD")].map(({ time }) => time);
  assert.ok(new Set(times).size < times.length * 0.9);
});

Deno.test("simulator - a taker's fills get worse for him, in the past as in the present", () => {
  const it = exchange();
  it.advanceTo(START + 360e6);
  const rows = [...new Truth(it).rows()];
  for (const isPast of [true, false]) {
    let [worse, better] = [0, 0];
    rows.forEach(([product, id, price, , side, time], i) => {
      const [ofProduct, before, priceBefore, , sideBefore, timeBefore] = rows[i - 1] ?? [];
      if (ofProduct !== product || Number(id) !== Number(before) + 1) return;
      if (time !== timeBefore || side !== sideBefore || price === priceBefore) return;
      if (Date.parse(time) * 1000 < START !== isPast) return;
      // The side is the maker's: a taker who buys meets sellers, and climbs.
      if ((Number(price) > Number(priceBefore)) === (side === "SELL")) worse++;
      else better++;
    });
    assert.ok(worse > 50 && better === 0, `${worse} worse, ${better} better`);
  }
});

Deno.test("simulator - skipped ids belong to no trade", () => {
  const it = exchange();
  it.advanceTo(START + 10e6);
  it.listings.get("ETH-USD")?.market.skipIds(3);
  it.advanceTo(START + 20e6);
  const ids = [...new Truth(it).trades("ETH-USD")].map(({ tradeId }) => Number(tradeId));
  const jumps = ids.slice(1).map((id, i) => id - (ids[i] ?? 0)).filter((step) => step !== 1);
  assert.deepEqual(jumps, [4]);
});

Deno.test("simulator - quiet products have minutes without a trade", () => {
  const it = exchange();
  it.advanceTo(START + 1800e6);
  const quiet = [...it.listings.keys()].at(-1) ?? "";
  const minutes = new Truth(it).candles(quiet, 60, START / 1e6 - 2, START / 1e6 + 1798);
  assert.ok(minutes.length > 0 && minutes.length < 29, `${minutes.length} minutes`);
});

Deno.test("simulator - the configured rate is the rate of trades", () => {
  const it = exchange({ products: 100, tradesPerSecond: 500 });
  it.advanceTo(START + 120e6);
  assert.ok(Math.abs(it.tradesMade / 60_000 - 1) < 0.25, `${it.tradesMade} trades`);
});

Deno.test("simulator - trades older than the retention are freed, and their candles stay", () => {
  const kept = exchange({ products: ["BTC-USD"] });
  const freed = exchange({ products: ["BTC-USD"], retainHours: 0.02 });
  for (const it of [kept, freed]) {
    for (let i = 1; i <= 300; i++) it.advanceTo(START + i * 1e6);
  }
  const rowsOf = (it: Exchange) => [...new Truth(it).rows()].length;
  assert.ok(rowsOf(freed) < rowsOf(kept) / 2);
  const candlesOf = (it: Exchange) =>
    it.listings.get("BTC-USD")?.candles.candles(60, START / 1e6 - 600, START / 1e6 + 300);
  assert.deepEqual(candlesOf(freed), candlesOf(kept));
});
