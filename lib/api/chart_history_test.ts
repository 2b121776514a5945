import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { Archive } from "../history/archive.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { stretchOf } from "../candles/stretch.ts";
import type { CandleQuery } from "../store/candle_store.ts";
import { CostBudget } from "../http/cost_budget.ts";
import { READ_LIMITS } from "./read_limits.ts";
import { REQUESTER } from "./test_api.ts";
import { answerChartHistory } from "./chart_history.ts";

const HOUR_MS = 3_600_000;
const BEGIN_MS = Date.UTC(2026, 0, 5);
const HOURS = 500;

Deno.test("chart history - the older library's loader gets every candle of a range once, 200 to a request", async () => {
  const found = new Map<number, unknown>();
  let requests = 0;
  // The loader requests windows of 200 candles, both ends included.
  const last = BEGIN_MS + (HOURS - 1) * HOUR_MS;
  for (let start = BEGIN_MS; start <= last; requests++) {
    const end = Math.min(start + 199 * HOUR_MS, last);
    const { candles } = await (await request(start, end)).json();
    for (const candle of candles) {
      assert.ok(!found.has(candle.timestamp));
      found.set(candle.timestamp, candle);
    }
    start = end + HOUR_MS;
  }
  assert.equal(requests, 3);
  assert.equal(found.size, HOURS);
  assert.deepEqual(found.get(last), {
    timestamp: last,
    open: 42000.5,
    high: 42500,
    low: 41800,
    close: 42200,
    volume: 123.45000001,
    evaluations: [],
  });
});

Deno.test("chart history - a range of more than 200 candles gives its newest 200, ascending", async () => {
  const { candles } = await (await request(BEGIN_MS, BEGIN_MS + 299 * HOUR_MS)).json();
  const starts = candles.map(({ timestamp }: { timestamp: number }) =>
    (timestamp - BEGIN_MS) / HOUR_MS
  );
  assert.deepEqual(starts, Array.from({ length: 200 }, (_, i) => i + 100));
});

Deno.test("chart history - times between two starts include what starts within them, and nothing else", async () => {
  const { candles } = await (await request(BEGIN_MS + 1, BEGIN_MS + 2 * HOUR_MS - 1)).json();
  assert.deepEqual(
    candles.map(({ timestamp }: { timestamp: number }) => timestamp),
    [BEGIN_MS + HOUR_MS],
  );
});

Deno.test("chart history - another exchange, or times that are not milliseconds, are named", async () => {
  const query = "symbol=BTC-USD&granularity=ONE_HOURS&exchange=kraken&start_time=x&end_time=-1";
  const answer = await answerChartHistory(
    SERVICES,
    new Request(`http://x/history?${query}`),
    NOW,
    REQUESTER,
  );
  assert.equal(answer.status, 400);
  const { errors } = await answer.json();
  assert.deepEqual(
    errors.map(({ parameter }: { parameter: string }) => parameter),
    ["start_time", "end_time", "exchange"],
  );
});

const NOW = (BEGIN_MS + HOURS * HOUR_MS) / 1000;

const SERVICES = {
  archive: new Archive({
    newest: (query) => Promise.resolve(within(query).slice(-query.limit)),
    oldest: (query) => Promise.resolve(within(query).slice(0, query.limit)),
    stretches: ({ multiple, parts, ...query }) =>
      Promise.resolve(
        within({ ...query, granularity: multiple.of, limit: parts }).slice(-parts).map(stretchOf),
      ),
    summary: () => Promise.resolve({ count: 0, unbroken: false, version: "" }),
    current: () => null,
    recent: () => [],
    position: () => null,
  }),
  catalogue: { loaded: true, has: () => true },
  reads: new CostBudget(READ_LIMITS),
};

const CANDLES = Array.from(
  { length: HOURS },
  (_, hour) =>
    sampleCandle({
      productId: productId("BTC-USD"),
      granularity: "ONE_HOUR",
      start: epochSeconds((BEGIN_MS + hour * HOUR_MS) / 1000),
    }),
);

function within({ start = epochSeconds(0), end }: CandleQuery) {
  return CANDLES.filter((candle) => candle.start >= start && candle.start < (end ?? Infinity));
}

function request(startMs: number, endMs: number): Promise<Response> {
  const query = new URLSearchParams({
    symbol: "BTC-USD",
    granularity: "ONE_HOUR",
    start_time: `${startMs}`,
    end_time: `${endMs}`,
    exchange: "coinbase",
  });
  return answerChartHistory(SERVICES, new Request(`http://x/history?${query}`), NOW, REQUESTER);
}
