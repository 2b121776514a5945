import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import type { Candle } from "../candles/candle.ts";
import { decimal, toNumber } from "../candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { type ScreenerFigures, screenerFigures } from "./screener_figures.ts";
import { openStore, type Store } from "./store.ts";
import { openReadyStore, SILENT } from "./test_store.ts";

const UNTIL = epochSeconds(Date.UTC(2026, 3, 7, 12, 25) / 1000);
const HOUR = 3600;
const DAY = 86_400;

/** Both parts of the figures as of `until`. */
async function figuresIn(
  store: Store,
  ids: readonly ProductId[],
  until: EpochSeconds,
): Promise<Map<ProductId, ScreenerFigures>> {
  const [recent, hourly] = await Promise.all([
    store.screener.recent(ids, { until }),
    store.screener.hourly(ids, { until }),
  ]);
  assert.deepEqual([...hourly.keys()], [...recent.keys()]);
  return new Map(
    [...recent].map(([id, figures]) => [id, screenerFigures(figures, hourly.get(id))]),
  );
}

/** A product's closed candles, some of which are missing, at random places of nine days. */
function candlesOf(id: ProductId): fc.Arbitrary<readonly Candle[]> {
  const price = fc.integer({ min: 1, max: 999_999 }).map((cents) => decimal(`${cents / 100}`));
  const candle = (granularity: Granularity, mostBack: number) =>
    fc.record({
      back: fc.integer({ min: 0, max: mostBack }),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: fc.integer({ min: 0, max: 10_000 }).map((n) => decimal(`${n / 1000}`)),
      trades: fc.option(fc.nat(5_000), { freq: 20 }),
    }).map(({ back, ...values }) => {
      const seconds = GRANULARITY_SECONDS[granularity];
      const newest = Math.floor(UNTIL / seconds) * seconds;
      const start = epochSeconds(newest - back * seconds);
      return sampleCandle({ productId: id, granularity, start, ...values });
    });
  return fc.tuple(
    fc.array(candle("FIVE_MINUTE", 30), { maxLength: 30 }),
    fc.array(candle("ONE_HOUR", 9 * 24), { maxLength: 150 }),
  ).map((lists) => {
    const byKey = lists.flat().map((one) => [`${one.granularity} ${one.start}`, one] as const);
    return [...new Map(byKey).values()].sort((a, b) => a.start - b.start);
  });
}

/** The figures, computed in the simplest way. */
function figuresOf(candles: readonly Candle[], until: EpochSeconds): ScreenerFigures {
  const within = (granularity: Granularity, from: number, to: number) =>
    candles.filter((one) =>
      one.granularity === granularity && one.start >= from &&
      one.start + GRANULARITY_SECONDS[granularity] <= to
    );
  const lastClose = (granularity: Granularity, at: number) => {
    const seconds = GRANULARITY_SECONDS[granularity];
    const newest = within(granularity, at - DAY - seconds + 1, at).at(-1);
    return newest === undefined ? null : toNumber(newest.close);
  };
  const recent = within("FIVE_MINUTE", until - HOUR, until);
  const day = within("ONE_HOUR", until - DAY, until);
  const all = [...day, ...recent];
  const volume = (some: readonly Candle[]) =>
    some.reduce((sum, one) => sum + toNumber(one.volume), 0);
  const average = day.length === 0 ? 0 : volume(day) / day.length;
  const trades = recent.map((one) => one.trades);
  const knownTrades = trades.filter((count) => count !== null);
  const isKnown = recent.length > 0 && knownTrades.length === trades.length;
  return {
    hourAgo: lastClose("FIVE_MINUTE", until - HOUR),
    weekAgo: lastClose("ONE_HOUR", until - 7 * DAY),
    high: all.length === 0 ? null : Math.max(...all.map((one) => toNumber(one.high))),
    low: all.length === 0 ? null : Math.min(...all.map((one) => toNumber(one.low))),
    volumeRatio: recent.length === 0 || average === 0 ? null : volume(recent) / average,
    tradesPerMinute: isKnown ? knownTrades.reduce((sum, one) => sum + one, 0) / 60 : null,
    rsi: plainRsi(within("ONE_HOUR", until - 100 * HOUR, until).map((one) => toNumber(one.close))),
  };
}

function plainRsi(closes: readonly number[]): number | null {
  if (closes.length < 15) return null;
  let gain = 0;
  let loss = 0;
  closes.slice(1).forEach((close, index) => {
    const step = close - (closes[index] ?? NaN);
    gain = gain * 13 / 14 + Math.max(0, step);
    loss = loss * 13 / 14 + Math.max(0, -step);
  });
  return gain + loss === 0 ? 50 : 100 * gain / (gain + loss);
}

/** Begun as Wilder did, with the plain average of fourteen steps. */
function chartRsi(closes: readonly number[]): number {
  const steps = closes.slice(1).map((close, index) => close - (closes[index] ?? NaN));
  const averageOf = (part: (step: number) => number) => {
    const first = steps.slice(0, 14).reduce((sum, step) => sum + part(step), 0) / 14;
    return steps.slice(14).reduce((average, step) => (average * 13 + part(step)) / 14, first);
  };
  const [gain, loss] = [
    averageOf((step) => Math.max(0, step)),
    averageOf((step) => Math.max(0, -step)),
  ];
  return 100 * gain / (gain + loss);
}

function assertClose(actual: ScreenerFigures | undefined, expected: ScreenerFigures): void {
  assert.ok(actual !== undefined);
  for (const [name, value] of Object.entries(expected)) {
    const found = Object.entries(actual).find(([key]) => key === name)?.[1] ?? null;
    const isClose = value === null || found === null
      ? value === found
      : Math.abs(found - value) <= Math.abs(value) * 1e-9 + 1e-9;
    assert.ok(isClose, `${name}: ${found} instead of ${value}`);
  }
}

for (const timescale of [true, false]) {
  const where = timescale ? "with TimescaleDB" : "on plain PostgreSQL";
  Deno.test(
    `screener - its figures are those of the candles added up one by one, ${where}`,
    withServers(async ({ database }) => {
      await using store = await openStore(await database(), { log: SILENT, timescale });
      await store.ready();
      const ids = Array.from({ length: 60 }, (_, index) => productId(`P${index}-USD`));
      const markets = fc.tuple(...ids.map(candlesOf));
      // A new product each, in one database: rows of others must not matter.
      const [products = []] = fc.sample(markets, { numRuns: 1 });
      for (const candles of products) await store.candles.upsert(candles);
      for (const minutes of [0, -20, -25, -30]) {
        const until = epochSeconds(UNTIL + minutes * 60);
        const figures = await figuresIn(store, [...ids, productId("NO-USD")], until);
        assert.equal(figures.size, ids.length + 1);
        ids.forEach((id, index) =>
          assertClose(figures.get(id), figuresOf(products[index] ?? [], until))
        );
        assert.ok(
          Object.values(figures.get(productId("NO-USD")) ?? {}).every((value) => value === null),
        );
      }
      // The hourly part is kept for the rest of an hour because of this.
      const [after, late, end] = await Promise.all(
        [-20, 30, 35].map((minutes) =>
          store.screener.hourly(ids, { until: epochSeconds(UNTIL + minutes * 60) })
        ),
      );
      assert.deepEqual(after, late);
      assert.notDeepEqual(late, end);
    }),
  );
}

Deno.test(
  "screener - its index is the chart's, as near as the hours before leave a trace",
  withServers(async ({ database }) => {
    await using store = await openReadyStore(await database());
    const id = productId("BTC-USD");
    const newest = Math.floor(UNTIL / HOUR) * HOUR - HOUR;
    const candles = Array.from({ length: 300 }, (_, index) =>
      sampleCandle({
        productId: id,
        granularity: "ONE_HOUR",
        start: epochSeconds(newest - (299 - index) * HOUR),
        close: decimal((1000 + 50 * Math.sin(index / 3) + 20 * Math.sin(index / 11)).toFixed(4)),
      }));
    await store.candles.upsert(candles);
    const chart = chartRsi(candles.map(({ close }) => toNumber(close)));
    const { rsi: screened = null } = (await figuresIn(store, [id], UNTIL)).get(id) ?? {};
    assert.ok(screened !== null && Math.abs(screened - chart) < 0.1, `${screened}, ${chart}`);
  }),
);
