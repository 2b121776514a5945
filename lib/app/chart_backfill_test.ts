import assert from "node:assert/strict";
import { withServers } from "../../tests/servers.ts";
import { epochSeconds, GRANULARITIES } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { configureLog, logger } from "../log.ts";
import { openStore, type Store } from "../store/store.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { backfillCharts } from "./chart_backfill.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const BEFORE = epochSeconds(Date.UTC(2026, 3, 7, 12) / 1000);
/** A page of each of eight granularities, and four more of minutes for the rest of the day. */
const PIECES = 8 + 4;
const TURN_MS = 20_000;

/** A backfill whose exchange, products and time a test decides. */
class Backfill {
  readonly clock = new FakeClock();
  readonly requested: string[] = [];
  readonly lines: string[] = [];
  readonly priorities = new Set<number | undefined>();
  readonly stop = new AbortController();
  products: readonly ProductId[] = [BTC];
  covered = new Set<ProductId>([BTC, ETH]);
  fails: (granularity: string) => boolean = () => false;
  looks = 0;
  readonly running: Promise<void>;

  constructor(store: Store) {
    configureLog({ level: "info", format: "human", write: (line) => void this.lines.push(line) });
    this.running = backfillCharts({
      config: { backfillDays: 1, retentionDays: new Map() },
      store,
      exchange: {
        granularities: GRANULARITIES,
        rest: {
          candles: (product, granularity, start, _end, waiting) => {
            this.priorities.add(waiting?.priority);
            if (this.fails(granularity)) return Promise.reject(new Error("http_403"));
            this.requested.push(`${product} ${granularity} ${start}`);
            return Promise.resolve([]);
          },
        },
      },
      products: () => this.products,
      coveredFrom: (product) => this.covered.has(product) ? BEFORE : null,
      onHistory: () => this.looks++,
      signal: this.stop.signal,
      clock: this.clock,
      log: logger("backfill"),
    });
  }

  /** Lets time pass until something is so; the database takes time of its own meanwhile. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (!condition()) {
      if (performance.now() > deadline) assert.fail(`never happened: ${what}`);
      await this.clock.pass(TURN_MS);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.running;
    configureLog({ level: "error", write: () => {} });
  }
}

function backfilling(test: (it: Backfill) => Promise<void>): () => Promise<void> {
  return withServers(async ({ database }) => {
    await using store = await openStore(await database(), {
      log: { info() {}, warn() {}, error() {} },
    });
    await store.ready();
    const it = new Backfill(store);
    try {
      await test(it);
    } finally {
      await it.close();
    }
  });
}

Deno.test(
  "chart backfill - what the exchange did not answer is requested again, and nothing else",
  backfilling(async (it) => {
    it.fails = (granularity) => granularity === "ONE_HOUR" && it.looks === 0;
    await it.until("all", () => it.requested.length === PIECES);
    assert.match(it.requested.at(-1) ?? "", /^BTC-USD ONE_HOUR /);
    assert.equal(new Set(it.requested).size, PIECES);
    assert.deepEqual([...it.priorities], [-2]);
  }),
);

Deno.test(
  "chart backfill - refused for long, it is retried until it is had, and says so",
  backfilling(async (it) => {
    it.fails = () => true;
    await it.until("ten attempts", () => it.looks === 10);
    assert.ok(it.clock.now() > 1_800_000, "with growing delays");
    assert.match(
      it.lines.join("\n"),
      /the past of 1 products could not be fetched; retrying in 30/,
    );
    it.fails = () => false;
    await it.until("all", () => it.requested.length === PIECES);
    await it.until("said", () => /charts have their past now/.test(it.lines.join("\n")));
  }),
);

Deno.test(
  "chart backfill - a product whose trades become known only after hours is not taken for done",
  backfilling(async (it) => {
    it.covered.delete(BTC);
    await it.clock.pass(3 * 3_600_000);
    assert.equal(it.requested.length, 0);
    it.covered.add(BTC);
    await it.until("all", () => it.requested.length === PIECES);
  }),
);

Deno.test(
  "chart backfill - one that cannot be told yet holds up none of the others",
  backfilling(async (it) => {
    it.covered.delete(BTC);
    it.products = [BTC, ETH];
    await it.until("the other", () => it.requested.length === PIECES);
    assert.ok(it.requested.every((one) => one.startsWith("ETH-USD ")));
  }),
);

Deno.test(
  "chart backfill - a product that is followed later gets its past then",
  backfilling(async (it) => {
    await it.until("the first", () => it.requested.length === PIECES);
    it.products = [BTC, ETH];
    await it.until("the second", () => it.requested.length === 2 * PIECES);
    assert.ok(it.requested.slice(PIECES).every((one) => one.startsWith("ETH-USD ")));
  }),
);
