import assert from "node:assert/strict";
import { withServers } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { decimal, formatDecimal } from "../candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  GRANULARITIES,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import { openStore, type Store } from "../store/store.ts";
import { type CandleSource, runBackfill } from "./backfill.ts";
import { missingCharts } from "./chart_history.ts";
import { inTurn, MissingHistory } from "./missing_history.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const BEGIN = epochSeconds(Date.UTC(2026, 2, 2) / 1000);
const END = epochSeconds(BEGIN + 1000 * 60);
const STRETCH = { start: BEGIN, end: END };

Deno.test(
  "a backfill stopped five times asks the exchange for the same as one that runs through, and stores the same",
  withServers(async ({ database }) => {
    const whole = await backfilled(await database(), () => Infinity);
    const stopped = await backfilled(await database(), (run) => run < 5 ? 1 : Infinity);
    assert.equal(stopped.runs, 6);
    assert.deepEqual(stopped.asked.toSorted(), whole.asked.toSorted());
    assert.equal(new Set(whole.asked).size, whole.asked.length);
    assert.equal(whole.asked.length, 8);
    assert.equal(whole.rows.length, 2000);
    assert.deepEqual(stopped.rows, whole.rows);
  }),
);

Deno.test(
  "candles built from trades are never replaced, the exchange's fill in around them",
  withServers(async ({ database }) => {
    await using store = await opened(await database());
    const own = sampleCandle({ productId: BTC, start: BEGIN, close: decimal("1") });
    const inexact = { ...own, start: epochSeconds(BEGIN + 60), exact: false };
    await store.candles.upsert([own, inexact]);
    await runBackfill(inTurn(await missing(store)), partsOf(store, new FakeExchange()), run());
    const page = await store.candles.page({
      productId: BTC,
      granularity: "ONE_MINUTE",
      end: epochSeconds(BEGIN + 180),
      limit: 9,
    });
    assert.deepEqual(
      page.map(({ close, trades, exact }) => [formatDecimal(close), trades, exact]),
      [["1", 812, true], ["1", 812, false], ["120", null, false]],
    );
  }),
);

Deno.test(
  "a piece that fails is left for the next run, the others are not requested again",
  withServers(async ({ database }) => {
    await using store = await opened(await database());
    const exchange = new FakeExchange();
    exchange.fails = (start) => start === END - 300 * 60;
    const failures: number[] = [];
    await runBackfill(inTurn(await missing(store)), partsOf(store, exchange), {
      ...run(),
      onPiece: (outcome) => {
        if (outcome.kind === "failed") failures.push(outcome.piece.start);
      },
    });
    assert.equal(failures.length, 2);
    exchange.fails = () => false;
    exchange.asked.length = 0;
    await runBackfill(inTurn(await missing(store)), partsOf(store, exchange), run());
    assert.deepEqual(exchange.asked, [
      `BTC-USD.ONE_MINUTE ${END - 300 * 60}+300`,
      `ETH-USD.ONE_MINUTE ${END - 300 * 60}+300`,
    ]);
  }),
);

Deno.test("charts get the newest page of everything first, and nothing that is stored whole", async () => {
  const before = epochSeconds(END);
  const pieces = await Array.fromAsync(missingCharts([BTC, ETH], 1, {
    granularities: GRANULARITIES,
    before: (id) => Promise.resolve(id === BTC ? before : null),
    keptDays: new Map([["FIVE_MINUTE", 1]]),
    missing: (_id, _granularity, stretch) => Promise.resolve([stretch]),
    count: (_id, granularity) => Promise.resolve(granularity === "ONE_HOUR" ? 300 : 0),
  }));
  const shown = pieces.map(({ granularity, start, end }) =>
    `${granularity} ${(end - start) / GRANULARITY_SECONDS[granularity]}`
  );
  assert.deepEqual(shown.slice(0, 7), [
    "ONE_MINUTE 300",
    "FIVE_MINUTE 288",
    "FIFTEEN_MINUTE 300",
    "THIRTY_MINUTE 300",
    "TWO_HOUR 300",
    "SIX_HOUR 300",
    "ONE_DAY 300",
  ]);
  // A day of minutes: three more full pages and the rest.
  assert.deepEqual(shown.slice(7), [
    "ONE_MINUTE 300",
    "ONE_MINUTE 300",
    "ONE_MINUTE 300",
    "ONE_MINUTE 240",
  ]);
});

Deno.test("what is missing is handed out newest first, a request at a time", () => {
  const history = new MissingHistory(BTC, "ONE_MINUTE", [
    { start: at(900), end: at(1000) },
    { start: at(0), end: at(400) },
  ]);
  assert.equal(history.pieces, 3);
  const pieces = [history.next(), history.next(), history.next(), history.next()];
  assert.deepEqual(
    pieces.map((piece) => piece && [(piece.start - BEGIN) / 60, (piece.end - BEGIN) / 60]),
    [[900, 1000], [100, 400], [0, 100], null],
  );
  assert.equal(history.pieces, 0);
});

/** An exchange that has a candle for every minute, its close the minute's number. */
class FakeExchange implements CandleSource {
  readonly asked: string[] = [];
  fails: (start: EpochSeconds) => boolean = () => false;

  candles(...[productId, granularity, start, end]: Parameters<CandleSource["candles"]>) {
    if (this.fails(start)) return Promise.reject(new Error("busy"));
    const seconds = GRANULARITY_SECONDS[granularity];
    this.asked.push(`${productId}.${granularity} ${start}+${(end - start) / seconds}`);
    const candles: ExchangeCandle[] = [];
    for (let at = start; at < end; at = epochSeconds(at + seconds)) {
      const price = decimal(`${at - BEGIN}`);
      candles.push({
        productId,
        granularity,
        start: at,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: decimal("1"),
      });
    }
    return Promise.resolve(candles);
  }
}

/** Runs again and again until nothing is left, each run stopped after so many pieces. */
async function backfilled(url: string, stopAfter: (run: number) => number) {
  await using store = await opened(url);
  const exchange = new FakeExchange();
  let runs = 0;
  for (let left = await missing(store); left.some(({ pieces }) => pieces > 0);) {
    const stop = new AbortController();
    let done = 0;
    await runBackfill(inTurn(left), partsOf(store, exchange), {
      ...run(stop.signal),
      onPiece: () => {
        if (++done >= stopAfter(runs)) stop.abort();
      },
    });
    runs++;
    left = await missing(store);
  }
  const rows = await Promise.all(
    [BTC, ETH].map((productId) =>
      store.candles.page({ productId, granularity: "ONE_MINUTE", limit: 5000 })
    ),
  );
  const shown = rows.flat().map(({ productId, start, close }) =>
    `${productId} ${start} ${formatDecimal(close)}`
  );
  return { asked: exchange.asked, rows: shown, runs };
}

function run(stop: AbortSignal = new AbortController().signal) {
  return { workers: 1, priority: 0, stop };
}

function partsOf(store: Store, source: CandleSource) {
  return { source, candles: store.candles, coverage: store.backfills };
}

async function missing(store: Store): Promise<MissingHistory[]> {
  return await Promise.all([BTC, ETH].map(async (id) =>
    new MissingHistory(
      id,
      "ONE_MINUTE",
      await store.backfills.missing(id, "ONE_MINUTE", STRETCH),
    )
  ));
}

async function opened(url: string): Promise<Store> {
  const store = await openStore(url, { log: { info() {}, warn() {}, error() {} } });
  await store.ready();
  return store;
}

function at(minute: number): EpochSeconds {
  return epochSeconds(BEGIN + minute * 60);
}
