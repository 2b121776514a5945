import assert from "node:assert/strict";
import {
  bucketEnd,
  bucketStart,
  GRANULARITIES,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { idleProgram } from "../time/test_turns.ts";
import { FakeArchive } from "./fake_archive.ts";
import { FakeIngester, MortalClock } from "./fake_ingester.ts";
import {
  Brought,
  type Chance,
  chanceOf,
  FakeMarket,
  lineOf,
  type MarketShape,
} from "./fake_market.ts";
import { FakeTradeFeed, type FeedFaults } from "./fake_trade_feed.ts";
import { FakeTradeSource, type SourceRequest } from "./fake_trade_source.ts";

/** Settings of a model exchange; the market's end of trading is counted from the start. */
export interface ModelOptions extends Pick<MarketShape, "seed" | "perMinute" | "leftOut"> {
  /** The date at the start, epoch milliseconds. */
  readonly startMs?: number;
  /** For how long trades were made before, and are made after the start. */
  readonly beforeMs?: number;
  readonly tradingMs: number;
  readonly repairMaxTrades?: number;
  readonly exactDays?: number;
  readonly backfillDays?: number;
  readonly queueCapacity?: number;
  readonly retentionDays?: ReadonlyMap<Granularity, number>;
  readonly burst?: { readonly afterMs: number; readonly trades: number };
}

const NOON = Date.UTC(2026, 3, 7, 12);
const STEP_MS = 1_000;
const STORE_EVERY_MS = 2_000;

/**
 * For tests: an exchange with its trades, its listing and its feed; one ingester at a time that follows it; and a judge
 * that knows all trades. Everything follows from a seed, on a clock that only `pass` advances.
 */
export class ModelExchange implements Disposable {
  /** The date at the start, epoch milliseconds. */
  readonly startMs: number;
  readonly clock: FakeClock;
  readonly market: FakeMarket;
  readonly source: FakeTradeSource;
  readonly archive = new FakeArchive();
  readonly feed: FeedFaults = { connected: true, lost: 0, repeated: 0, late: 0 };
  readonly chance: Chance;
  readonly brought = new Brought();
  readonly #options: ModelOptions;
  readonly #metrics = createMetrics();
  #ingester: FakeIngester | null = null;

  constructor(options: ModelOptions) {
    const { seed, perMinute, startMs = NOON + 10_000, beforeMs = 600_000, tradingMs, burst } =
      options;
    this.#options = options;
    this.startMs = startMs;
    this.clock = new FakeClock(startMs);
    this.chance = chanceOf(seed + 1_000);
    this.market = new FakeMarket({
      seed,
      leftOut: options.leftOut ?? 0.01,
      perMinute,
      fromMs: startMs - beforeMs,
      toMs: startMs + tradingMs,
      ...burst && { burst: { atMs: startMs + burst.afterMs, trades: burst.trades } },
    });
    this.source = new FakeTradeSource(
      this.market,
      this.clock,
      chanceOf(seed + 2_000),
      this.brought,
    );
  }

  get nowMs(): number {
    return this.clock.wallMs();
  }

  /** The ingester that runs now. */
  get ingester(): FakeIngester {
    assert.ok(this.#ingester !== null, "an ingester runs");
    return this.#ingester;
  }

  product(index: number): ProductId {
    const product = this.market.products[index];
    assert.ok(product !== undefined);
    return product;
  }

  /** Starts an ingester from what the archive holds. */
  async start(): Promise<void> {
    const clock = new MortalClock(this.clock);
    const { market, archive, feed, chance, brought } = this;
    const { repairMaxTrades = 20_000, exactDays = 0, backfillDays = 0, queueCapacity = 100_000 } =
      this.#options;
    const { retentionDays = new Map() } = this.#options;
    this.#ingester = new FakeIngester({
      clock,
      market,
      archive,
      source: this.source,
      metrics: this.#metrics,
      repairMaxTrades,
      exactDays,
      backfillDays,
      queueCapacity,
      retentionDays,
      openFeed: () => new FakeTradeFeed(market, clock, feed, chance, brought),
    });
    await this.#ingester.start();
  }

  /** Follows exactly these products from now on, with a subscription of their own, which begins with a snapshot. */
  async follow(products: readonly ProductId[]): Promise<void> {
    this.ingester.ingest.follow(products);
    if (!this.archive.databaseDown) this.ingester.ingest.learn(this.archive.past());
    await this.disconnect(500);
  }

  async kill(): Promise<void> {
    await this.ingester.kill();
    this.#ingester = null;
  }

  async close(): Promise<void> {
    let isClosed = false;
    const closing = this.ingester.close().then(() => isClosed = true);
    for (let waited = 0; !isClosed && waited < 5_000; waited += 100) await this.pass(100);
    assert.ok(isClosed, "an ingester that is closed ends");
    await closing;
    this.#ingester = null;
  }

  /** Lets time pass, during which the database follows the stream. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.clock.pass(Math.min(STEP_MS, ms - passed));
      await idleProgram();
      if (this.clock.now() % STORE_EVERY_MS < STEP_MS) this.archive.store();
    }
  }

  /** Lets time pass without the feed, then connects it again. */
  async disconnect(ms: number): Promise<void> {
    this.feed.connected = false;
    await this.pass(ms);
    this.feed.connected = true;
  }

  /** Ends all disturbances. */
  calm(): void {
    Object.assign(this.feed, { connected: true, lost: 0, repeated: 0, late: 0 });
    Object.assign(this.source.faults, {
      fails: () => false,
      lagMs: 0,
      unreadable: 0,
      latencyMs: 80,
      pageLimit: 1000,
    });
    this.archive.databaseDown = false;
  }

  /** How many requests were made since an instant. */
  requestsSince(ms: number): number {
    return this.source.requests.filter(({ atMs }) => atMs > ms).length;
  }

  /** The number of requests for a product, of one kind if given. */
  requestsOf(product: ProductId, kind?: SourceRequest["kind"], sinceMs = 0): number {
    return this.source.requests.filter((one) =>
      one.productId === product && one.atMs > sinceMs && (kind === undefined || one.kind === kind)
    ).length;
  }

  /** How many candles with a product's newest trade have closed since an instant: each end may be requested once. */
  endsSince(ms: number): number {
    return this.market.products.reduce((count, product) => {
      const newest = this.market.between(product, 0, this.nowMs).at(-1)?.timeMs ?? 0;
      const ends = GRANULARITIES.map((granularity) =>
        bucketEnd(bucketStart(newest, granularity), granularity) * 1000
      );
      return count + new Set(ends.filter((end) => end > ms && end <= this.nowMs)).size;
    }, 0);
  }

  /**
   * The faults of what was published: every candle that starts at or after `fromMs` and is over must be exact and equal
   * that of its trades; any other exact candle must equal it, too. By default `fromMs` is the end of the minute of the
   * first start, which may begin before all that its first page showed.
   */
  faults(fromMs = minuteOf(this.startMs) + 60_000): string[] {
    const overMs = this.nowMs - 5_000;
    const faults = [...this.archive.breaches];
    for (const product of this.market.products) {
      for (const granularity of GRANULARITIES) {
        const seconds = GRANULARITY_SECONDS[granularity];
        const truth = this.market.truth(product, granularity, 0, this.nowMs);
        for (const [start, expected] of truth) {
          const candle = this.archive.newest(product, granularity, start);
          const isDue = start * 1000 >= fromMs && (start + seconds) * 1000 <= overMs;
          const name = `${product} ${granularity} ${new Date(start * 1000).toISOString()}`;
          if (candle === null) {
            if (isDue) faults.push(`${name}: missing`);
          } else if (candle.exact ? lineOf(candle) !== expected : isDue) {
            faults.push(`${name}: ${candle.exact} ${lineOf(candle)}, not ${expected}`);
          }
        }
      }
    }
    for (const { productId, granularity, start } of this.archive.candles) {
      const endMs = bucketEnd(start, granularity) * 1000;
      if (!this.market.truth(productId, granularity, start * 1000 - 1, endMs).has(start)) {
        faults.push(`${productId} ${granularity} ${start}: had no trades`);
      }
    }
    return faults;
  }

  /** Candles that start at or after `from` (epoch seconds) and are over, but not exact in the database, or wrong there. */
  pastFaults(from: number): string[] {
    const faults: string[] = [];
    for (const product of this.market.products) {
      for (const granularity of GRANULARITIES) {
        for (const [start, expected] of this.market.truth(product, granularity, 0, this.nowMs)) {
          const isOver = start + GRANULARITY_SECONDS[granularity] <= this.nowMs / 1000 - 3_600;
          if (start < from || !isOver) continue;
          const candle = this.archive.stored(product, granularity, start);
          const line = candle === null ? "missing" : `${candle.exact} ${lineOf(candle)}`;
          if (line === `true ${expected}`) continue;
          const name = `${product} ${granularity} ${new Date(start * 1000).toISOString()}`;
          faults.push(`${name}: ${line}, not ${expected}`);
        }
      }
    }
    return faults;
  }

  [Symbol.dispose](): void {
    this.#metrics.close();
  }
}

/** The start of the minute of an instant, epoch milliseconds. */
export function minuteOf(ms: number): number {
  return ms - ms % 60_000;
}
