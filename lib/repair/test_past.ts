import assert from "node:assert/strict";
import { type Candle, candleOf } from "../candles/candle.ts";
import {
  bucketEnd,
  bucketStart,
  type EpochSeconds,
  epochSeconds,
  GRANULARITIES,
  type Granularity,
} from "../candles/granularity.ts";
import { addTrade, beginMinute } from "../candles/minute.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import { FakeClock } from "../time/fake_clock.ts";
import {
  Brought,
  type Chance,
  chanceOf,
  FakeMarket,
  lineOf,
  type MarketShape,
} from "./fake_market.ts";
import { FakePastStore } from "./fake_past_store.ts";
import { FakeTradeSource } from "./fake_trade_source.ts";
import { PastWalk } from "./past_walk.ts";
import type { Doubt } from "./restore.ts";

/** Options of a past that is to be walked. */
export interface PastOptions extends Pick<MarketShape, "seed" | "perMinute" | "burst"> {
  /** For how long there were trades before now. */
  readonly beforeMs: number;
  /** For how long before now the stored candles are those of a program that followed the products. */
  readonly followedMs: number;
  /** How far back all is to be proven. */
  readonly exactDays: number;
  /** Days for which minutes are kept. */
  readonly minuteDays?: number;
}

/** Now, for all pasts. */
export const NOW_MS = Date.UTC(2026, 3, 7, 12, 0, 10);
const HOUR_MS = 3_600_000;
const STEPS = 4_000;

/** For tests: a market's past, a database that holds some of it, and one walker at a time, which may be killed anywhere. */
export class ModelPast {
  readonly clock = new FakeClock(NOW_MS);
  readonly market: FakeMarket;
  readonly source: FakeTradeSource;
  readonly store = new FakePastStore();
  readonly chance: Chance;
  readonly published: Candle[] = [];
  readonly followedFrom: EpochSeconds;
  readonly heldFrom = bucketStart(NOW_MS - HOUR_MS, "ONE_HOUR");
  /** What memory holds of each product; memory repairs this part itself. */
  readonly live = new Map<ProductId, ProductAggregator>();
  liveFrom: EpochSeconds | typeof Infinity = Infinity;
  walk: PastWalk;
  readonly #options: PastOptions;
  #looks = 0;

  constructor(options: PastOptions) {
    const { seed, perMinute, beforeMs, burst, followedMs } = options;
    this.#options = options;
    const fromMs = NOW_MS - beforeMs;
    this.market = new FakeMarket({ seed, perMinute, fromMs, toMs: NOW_MS, ...burst && { burst } });
    this.chance = chanceOf(seed + 77);
    this.source = new FakeTradeSource(this.market, this.clock, this.chance, new Brought());
    this.source.faults.latencyMs = 0;
    this.followedFrom = epochSeconds(bucketStart(NOW_MS - followedMs, "ONE_MINUTE"));
    for (const productId of this.market.products) this.#follow(productId);
    this.walk = this.start();
  }

  product(index: number): ProductId {
    const product = this.market.products[index];
    assert.ok(product !== undefined);
    return product;
  }

  /** How many requests for trades were made for a product. */
  requestsOf(product: ProductId): number {
    return this.source.requests.filter(({ productId, kind }) =>
      productId === product && kind === "trades"
    ).length;
  }

  /** From where on all is to be exact. */
  get horizon(): EpochSeconds {
    return bucketStart(NOW_MS - this.#options.exactDays * 24 * HOUR_MS, "ONE_DAY");
  }

  /** Starts another walker from what the database holds. */
  start(): PastWalk {
    const { store, market } = this;
    this.walk = new PastWalk({
      source: this.source,
      store,
      of: (productId) => ({
        live: this.live.get(productId) ?? null,
        heldFrom: this.liveFrom,
        proven: store.proven.get(productId) ?? null,
        isStored: true,
        horizon: this.horizon,
        keptFrom: (granularity) => this.#keptFrom(granularity),
      }),
      publish: (_productId, candles) => {
        this.published.push(...candles);
        for (const candle of candles) store.put(candle);
      },
      onChanged: () => {},
      onReplaced: () => {},
      onProblem: () => {},
      onProven: () => {},
      clock: {
        // Time passes while a program works, so no two reads of the clock are equal.
        now: () => this.clock.now() + this.#looks++ / 1e9,
        wallMs: () => this.clock.wallMs(),
      },
      wanted: () => 0,
      wake: () => {},
      onOverflow: () => {},
    });
    for (const productId of market.products) this.walk.enqueue(productId);
    return this.walk;
  }

  /** Lets the walker work until nothing more is wanted within a time; or until it is killed, which `stops` decides. */
  async work({ timeoutMs = 60_000, stops = () => false }: {
    readonly timeoutMs?: number;
    readonly stops?: () => boolean;
  } = {}): Promise<void> {
    const endMs = this.clock.now() + timeoutMs;
    for (let steps = 0; steps < STEPS; steps++) {
      const now = this.clock.now();
      const works = this.market.products.map((product) => this.walk.next(product, now))
        .filter((work) => work !== null).sort((a, b) => a.dueMs - b.dueMs);
      const [work] = works;
      if (work === undefined || work.dueMs > endMs) return;
      this.clock.work(Math.max(1, work.dueMs - now));
      let isOver = false;
      // A page that failed is requested again.
      work.run(new AbortController().signal).catch(() => {}).finally(() => isOver = true);
      await this.clock.pass(100);
      // A step of many promises may request something only after that.
      for (let turns = 0; !isOver && turns < 100; turns++) await this.clock.pass(0);
      assert.ok(isOver, "a step ends");
      if (stops()) {
        this.start();
        return;
      }
    }
    assert.fail("the walk does not end");
  }

  /** The stored candle of a start. */
  stored(productId: ProductId, granularity: Granularity, start: number): Candle | null {
    return this.store.candles.get(`${productId} ${granularity} ${start}`) ?? null;
  }

  /** Stored candles that are exact and not those of the trades; and those from `from` to `until` that are not exact. */
  faults(from: number, until: number = this.heldFrom): string[] {
    const faults = [...this.store.breaches];
    for (const product of this.market.products) {
      for (const granularity of GRANULARITIES) {
        const truth = this.market.truth(product, granularity, 0, NOW_MS);
        for (const [start, expected] of truth) {
          const candle = this.stored(product, granularity, start);
          const end = bucketEnd(epochSeconds(start), granularity);
          const isDue = start >= from && end <= until;
          const name = `${product} ${granularity} ${new Date(start * 1000).toISOString()}`;
          if (candle?.exact === true) {
            if (lineOf(candle) !== expected) {
              faults.push(`${name}: ${lineOf(candle)}, not ${expected}`);
            }
          } else if (isDue) faults.push(`${name}: ${candle === null ? "missing" : "not exact"}`);
        }
      }
    }
    return faults;
  }

  /** Makes stored candles of a stretch as they are after trades were missed: absent or not exact. */
  forget(productId: ProductId, fromMs: number, toMs: number): Doubt {
    for (const [name, candle] of this.store.candles) {
      if (candle.productId !== productId) continue;
      const { start, granularity } = candle;
      const startMs = start * 1000;
      const endMs = bucketEnd(start, granularity) * 1000;
      if (startMs >= fromMs && endMs <= toMs) this.store.replace(name, productId, null);
      else if (startMs < toMs && endMs > fromMs) {
        this.store.replace(name, productId, { ...candle, exact: false });
      }
    }
    return { productId, fromMs, toMs };
  }

  #keptFrom(granularity: Granularity): number {
    const { minuteDays } = this.#options;
    if (granularity !== "ONE_MINUTE" || minuteDays === undefined) return 0;
    return bucketStart(NOW_MS - minuteDays * 24 * HOUR_MS, "ONE_MINUTE");
  }

  /** Stores what a program left that followed a product for a while, and the exchange's candles before that. */
  #follow(productId: ProductId): void {
    const from = this.followedFrom;
    for (const granularity of GRANULARITIES) {
      const trades = this.market.between(productId, 0, NOW_MS);
      const buckets = Map.groupBy(trades, ({ timeMs }) => bucketStart(timeMs, granularity));
      for (const [start, inside] of buckets) {
        const [first, ...rest] = inside;
        if (first === undefined || bucketEnd(start, granularity) * 1000 > NOW_MS - 20_000) continue;
        const values = beginMinute(first);
        for (const trade of rest) addTrade(values, trade);
        const state = { isComplete: true, exact: true, revision: 0 };
        const candle = candleOf(productId, granularity, start, values, state);
        // Of every third minute of the past nothing was stored.
        if (start >= from) this.store.put(candle);
        else if (start % 180 !== 0 || granularity !== "ONE_MINUTE") {
          this.store.put(estimateOf(candle));
        }
      }
    }
    const before = this.market.between(productId, 0, from * 1000 - 1).at(-1);
    const proven = { from, tradeId: before?.tradeId ?? null, publishedFrom: from };
    this.store.proven.set(productId, proven);
  }
}
