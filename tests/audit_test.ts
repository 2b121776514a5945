import assert from "node:assert/strict";
import type { Candle } from "../lib/candles/candle.ts";
import { decimal, formatDecimal } from "../lib/candles/decimal.ts";
import { epochSeconds, type Granularity, GRANULARITY_SECONDS } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import type { Disagreement } from "../lib/exchange/disagreement.ts";
import { openExchangeRest } from "../lib/coinbase/rest.ts";
import { startExchangeSimulator, type Truth } from "../lib/exchange_simulator/mod.ts";
import { startRewritingRelay } from "../lib/probe/test_rewriting_relay.ts";
import { Audit } from "../lib/repair/audit.ts";
import { Planner } from "../lib/repair/planner.ts";
import { openStore } from "../lib/store/store.ts";
import { systemClock } from "../lib/time/clock.ts";
import { until } from "./harness/wait.ts";
import { withServers } from "./servers.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const HOURS = 2;

Deno.test(
  "audit - of an exchange that publishes one wrong candle, that one is found, and no other",
  withServers(async ({ database }) => {
    await using exchange = await startExchangeSimulator({
      products: 3,
      tradesPerSecond: 2,
      historyHours: HOURS,
    });
    const [busiest = "", ...others] = exchange.products;
    // Whole hours, settled: what is newer than ten minutes is not compared yet.
    const end = Math.floor((exchange.now() / 1000 - 700) / 300) * 300;
    const start = end - 3600;
    const wrong = candlesOf(exchange.truth, busiest, "ONE_MINUTE", start, end)[7];
    assert.ok(wrong !== undefined);

    await using relay = startRewritingRelay(exchange, {
      answer: ({ body }, { pathname, searchParams }) => {
        if (searchParams.get("granularity") !== "ONE_MINUTE") return;
        if (!pathname.includes(`/${busiest}/`)) return;
        const rows = Array.isArray(body.candles) ? body.candles : [];
        body.candles = rows.map((row) =>
          row.start === `${wrong.start}` ? { ...row, volume: "77.7" } : row
        );
      },
    });
    const store = await openStore(await database(), { log: SILENT });
    await store.ready();
    let compared = 0;
    for (const product of [busiest, ...others]) {
      for (const granularity of ["ONE_MINUTE", "FIVE_MINUTE"] as const) {
        const exact = candlesOf(exchange.truth, product, granularity, start, end);
        compared += exact.length;
        await store.candles.upsert(exact);
      }
    }

    const found: Disagreement[] = [];
    const problems: unknown[] = [];
    const rest = openExchangeRest({ url: relay.restUrl, requestsPerSecond: 1000 });
    const audit = new Audit({
      source: rest,
      store: store.audits,
      clock: systemClock,
      wanted: () => 0,
      onDifferent: (news) => found.push(...news),
      onRechecked: () => assert.fail("too soon"),
      onProblem: (...problem) => problems.push(problem),
    });
    const planner = new Planner({
      clock: systemClock,
      random: Math.random,
      sources: [audit],
      onProblem: (...problem) => problems.push(problem),
    });
    for (const product of exchange.products) planner.wake(productId(product));
    const counted = () => audit.state.counts.equal + audit.state.counts.different;
    await until("all to be compared", () => counted() >= compared, { everyMs: 10 });
    await planner.close();
    await audit.write();

    assert.deepEqual(problems, []);
    assert.equal(counted(), compared);
    assert.deepEqual(
      found.map((
        one,
      ) => [one.productId, one.granularity, one.start, text(one.ours), text(one.exchanges)]),
      [[busiest, "ONE_MINUTE", wrong.start, formatDecimal(wrong.volume), "77.7"]],
    );
    const { disagreements } = await store.audits.read(10);
    assert.deepEqual(disagreements.map(({ start, state }) => [start, state]), [
      [wrong.start, "open"],
    ]);
    const dates = await store.audits.auditedUntil();
    assert.equal(dates.size, 3);
    // Ours stays, whatever the exchange has.
    const [stored] = await store.audits.candles(
      productId(busiest),
      "ONE_MINUTE",
      wrong.start,
      epochSeconds(wrong.start + 60),
    );
    assert.deepEqual(stored, wrong);
    await store.close();
  }),
);

function text(values: Disagreement["ours"]): string {
  return values === null ? "none" : formatDecimal(values.volume);
}

/** What the exchange's trades make, as exact candles of ours. */
function candlesOf(
  truth: Truth,
  product: string,
  granularity: Granularity,
  from: number,
  to: number,
): Candle[] {
  return truth.candles(product, GRANULARITY_SECONDS[granularity], from, to).map((candle) => ({
    productId: productId(product),
    granularity,
    start: epochSeconds(candle.start),
    open: decimal(candle.open),
    high: decimal(candle.high),
    low: decimal(candle.low),
    close: decimal(candle.close),
    volume: decimal(candle.volume),
    trades: candle.trades,
    quoteVolume: decimal(candle.quoteVolume),
    buyVolume: decimal(candle.buyVolume),
    firstTradeId: candle.firstTradeId,
    lastTradeId: candle.lastTradeId,
    isComplete: true,
    exact: true,
    revision: 0,
  }));
}
