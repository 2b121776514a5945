import assert from "node:assert/strict";
import postgres from "postgres";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import { Archive } from "../history/archive.ts";
import type { Candle } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { decodeCandle } from "../candles/wire.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { History } from "../history/history.ts";
import { openStore, type Store } from "../store/store.ts";
import { answerCandles, type CandleServices } from "./candles.ts";
import { CostBudget } from "../http/cost_budget.ts";
import { Downloads } from "./downloads.ts";
import { FinalPages } from "./final_pages.ts";
import { READ_LIMITS } from "./read_limits.ts";

const BTC = productId("BTC-USD");

/** When the sample candles begin, epoch seconds. */
export const BEGIN = Date.UTC(2026, 2, 2) / 1000;
/** The time of every request. */
export const NOW = BEGIN + 3 * 86_400;

export const POSITION = 1_795_420_000_213;

/** The requester of all requests. */
export const REQUESTER = { address: "a client" };
/** A catalogue of one product. */
export const KNOWN = { loaded: true, has: (id: ProductId) => id === BTC };

/** Requests `/api/candles` with this query. */
export type RequestCandles = (query: string, headers?: Record<string, string>) => Promise<Response>;

/** The API over a separate database for the test. */
export interface Api {
  readonly store: Store;
  readonly archive: Archive;
  readonly budget: CostBudget;
  /** The clock by which unread answers are cut off. */
  readonly clock: FakeClock;
  readonly request: RequestCandles;
  /** Its last one is the hub's current candle. */
  readonly current: Candle[];
  /** The hub's closed candles, stored or not. */
  readonly closed: Candle[];
  readonly reads: { count: number };
  readonly sql: (
    strings: TemplateStringsArray,
    ...values: number[]
  ) => Promise<Record<string, unknown>[]>;
}

/** Wraps a test of the API. */
export function withApi(test: (api: Api) => Promise<void>): () => Promise<void> {
  return withServers(async ({ database }) => {
    const url = await database();
    await using store = await openStore(url, { log: { info() {}, warn() {}, error() {} } });
    await store.ready();
    const current: Candle[] = [];
    const reads = { count: 0 };
    const closed: Candle[] = [];
    const memory = {
      recent: () => closed.map((candle) => ({ ...candle, read: () => candle })),
      position: () => POSITION,
    };
    const history = new History({
      page: (query) => store.candles.page(query),
      current: () => current.at(-1) ?? null,
      ...memory,
      closes: () => Promise.resolve(new Map()),
    });
    const archive = new Archive({
      newest: (query) => history.page(query),
      oldest: (query) => {
        reads.count++;
        return store.ranges.oldest(query);
      },
      stretches: (query) => store.stretches.newest(query),
      summary: (...range) => store.ranges.summary(...range),
      current: () => current.at(-1) ?? null,
      ...memory,
    });
    const services = servicesOver(archive);
    const sql = postgres(url, { max: 1 });
    try {
      await test({
        store,
        archive,
        budget: services.reads,
        clock: services.clock,
        request: (query, headers = {}) => {
          const http = new Request(`http://x/api/candles?${query}`, { headers });
          return answerCandles(services, http, NOW, REQUESTER);
        },
        current,
        closed,
        reads,
        sql: async (strings, ...values) => [...await sql(strings, ...values)],
      });
    } finally {
      await sql.end();
    }
  });
}

/** The services for answers about candles, without any load. */
export function servicesOver(archive: Archive, catalogue: CandleServices["catalogue"] = KNOWN) {
  return {
    archive,
    catalogue,
    downloads: new Downloads(),
    finalPages: new FinalPages(),
    reads: new CostBudget(READ_LIMITS),
    clock: new FakeClock(),
  };
}

/** A page's candles and the link to the next; fails for any other answer. */
export async function page(request: RequestCandles, query: string) {
  const answer = await request(query);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const [, list = "", next = ""] = /^\{"candles":\[(.*)\],"next":(.*)\}$/.exec(text) ?? [];
  const candles = list === "" ? [] : list.split(/(?<=\}),/).map((item) => {
    // The decoder accepts stored granularities only, so a multiple's is replaced.
    const candle = decodeCandle(item.replace(/"granularity":"\w+"/, '"granularity":"ONE_MINUTE"'));
    assert.ok(candle !== null, item);
    return candle;
  });
  const link: string | null = JSON.parse(next);
  assert.equal(answer.headers.get("link"), link === null ? null : `<${link}>; rel="next"`);
  return { candles, next: link };
}

/** The start of a minute by its number after the beginning. */
export function at(index: number): number {
  return BEGIN + index * 60;
}

/**
 * A closed, exact minute, `index` minutes after the beginning; `nth` determines its ten trade ids.
 */
export function minute(index: number, nth: number, other: Partial<Candle>): Candle {
  return sampleCandle({
    productId: BTC,
    start: epochSeconds(at(index)),
    firstTradeId: nth * 10 + 1,
    lastTradeId: nth * 10 + 10,
    trades: 10,
    ...other,
  });
}

/** Consecutive exact minutes with contiguous ids. */
export function chain(length: number, from = 0): Candle[] {
  return Array.from({ length }, (_, i) => minute(from + i, from + i, {}));
}
