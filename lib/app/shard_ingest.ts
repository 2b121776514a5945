import type { Bus } from "../bus/bus.ts";
import type { Lease } from "../bus/lease.ts";
import type { ProductId } from "../candles/product.ts";
import type { Catalogue } from "../exchange/catalogue.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { TradeFeed } from "../exchange/trade_feed.ts";
import { openExchange } from "./exchanges.ts";
import type { Config } from "../config.ts";
import type { History } from "../history/history.ts";
import { Ingest } from "../ingest.ts";
import { logger } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import {
  type FeedConnection,
  type PartState,
  type ProductsState,
  STARTING,
} from "../metrics/status.ts";
import type { RepairState } from "../repair/repair_state.ts";
import type { Store } from "../store/store.ts";
import { systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import { feedState } from "./feed_state.ts";
import { EarlierRuns } from "./earlier_runs.ts";
import { StoreProgress } from "./store_progress.ts";
import { keptCandles } from "./kept_candles.ts";
import { storedStart } from "./proven_starts.ts";
import { FollowedProducts } from "./followed_products.ts";

/** What a shard's ingest works with; it opens feed and REST itself. */
export interface ShardIngestParts {
  readonly config: Config;
  readonly bus: Bus;
  /** The right to ingest this shard; without it nothing is published. */
  readonly lease: Lease;
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly history: History;
  readonly metrics: Metrics;
  /** How urgent a product's repairs are, 0 to 9. */
  wanted(productId: ProductId): number;
}

const RESTORE_RETRY_MS = 1000;
/**
 * Closed candles that the bus does not accept within this time are found missing at the next start.
 */
const CLOSED_TIMEOUT_MS = 2000;
/** Sparklines are read again at most this often while charts get their past. */
const REFRESH_DAY_MS = 5_000;

/** Everything that talks to the exchange: the catalogue, the feed into ingest, and REST for what is missing. */
export class ShardIngest {
  readonly #parts: ShardIngestParts;
  readonly #log = logger("exchange");
  readonly #stop = new AbortController();
  readonly #exchange: Exchange;
  readonly #ingest: Ingest;
  readonly #closedPublisher: ReturnType<Bus["closedPublisher"]>;
  #feed: TradeFeed | null = null;
  #running: Promise<void> = Promise.resolve();
  readonly #products: FollowedProducts;
  readonly #progress: StoreProgress;
  readonly #earlier: EarlierRuns;
  readonly #seen: Map<string, number>;
  #isRestored = false;
  #cancelRefresh: (() => void) | null = null;

  constructor(parts: ShardIngestParts) {
    const { config, bus, lease, store, metrics, wanted } = parts;
    this.#parts = parts;
    // The bus outlives a lost lease: what it dropped before was counted already.
    this.#seen = new Map(Object.entries(bus.dropped()));
    this.#exchange = openExchange(config, {
      log: logger("feed"),
      onDropped: (reason, count) => metrics.dropped.inc({ stage: "parse", reason }, count),
      signal: this.#stop.signal,
    });
    this.#progress = new StoreProgress({
      bus,
      store,
      pending: () => this.#closedPublisher.pending,
      signal: this.#stop.signal,
    });
    this.#earlier = new EarlierRuns({
      bus,
      store,
      progress: this.#progress,
      log: this.#log,
      signal: this.#stop.signal,
    });
    this.#products = new FollowedProducts({
      config,
      rest: this.#exchange.rest,
      store,
      catalogue: parts.catalogue,
      storeIsReady: () => this.#progress.isReady(),
      signal: this.#stop.signal,
    });
    this.#closedPublisher = bus.closedPublisher({
      lease,
      onAck: ({ candle }) => this.#ingest.onStored(candle),
      onConflict: (candle) => {
        metrics.publishConflicts.inc();
        this.#ingest.onConflict(candle);
      },
      onOverflow: (candle) => this.#ingest.onOverflow(candle),
    });
    this.#ingest = new Ingest({
      config,
      bus: bus.publisherFor(lease),
      closed: this.#closedPublisher,
      exchange: this.#exchange.rest,
      granularities: this.#exchange.granularities,
      onHistory: () => this.#refreshDay(),
      metrics,
      log: logger("ingest"),
      wanted: (productId) => wanted(productId),
      readKnown: (productIds) => this.#earlier.read(productIds, (past) => this.#ingest.learn(past)),
      repairs: {
        gaps: store.gaps,
        exchangeCandles: keptCandles(store),
        isCaughtUp: (signal) => this.#progress.isCaughtUp(signal),
        around: (productId, from, to) => store.candles.around(productId, from, to),
        audits: store.audits,
        beside: (productId, window) => store.candles.beside(productId, window),
        storePast: (candles) => store.candles.upsert(candles),
        rememberProven: async (productId, proven) => {
          // Until the database was read its proven start is unknown. This one is reported again later.
          if (!this.#earlier.isPastRead) {
            throw new Error("what earlier runs proved is not read yet");
          }
          // On the very first start the products may not be stored yet: it is reported again later.
          if (!await store.products.setProven(productId, storedStart(proven))) {
            throw new Error(`${productId} is not stored yet`);
          }
        },
      },
    });
  }

  /** Runs until closed. Ends before that only because of an error. */
  run(): Promise<void> {
    this.#running = this.#run().catch((error) => {
      if (!this.#stop.signal.aborted) this.#log.error("the exchange's side ended", { error });
    });
    return this.#running;
  }

  /** Stops the feed, then publishes what waits. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#cancelRefresh?.();
    await this.#feed?.close();
    await this.#running;
    await this.#ingest.close();
    await this.#closedPublisher.close(CLOSED_TIMEOUT_MS);
    this.observe();
    this.#parts.metrics.feed.closed();
  }

  state(): PartState {
    const { state, detail } = this.#products.state;
    if (this.#feed === null) return state === "down" ? { state, detail } : STARTING;
    // A shard without products does not mean that the feed is down, unless none of the listed
    // products can be followed.
    if (this.#products.own.length === 0) return { state: state === "down" ? state : "up", detail };
    return feedState(this.#feed.stats().connections);
  }

  /** Whether the chosen products are followed. */
  get products(): ProductsState {
    return this.#products.state;
  }

  get connections(): readonly FeedConnection[] {
    return (this.#feed?.stats().connections ?? []).map(({ connection, products, ...stats }) => ({
      number: connection + 1,
      products: products.length,
      state: stats.state === "open" && stats.delivery.state === "down" ? "refused" : stats.state,
      refused: [...stats.delivery.refused.keys()],
      ready: stats.ready,
      attempts: stats.attempts,
      lastMessageAgeMs: stats.lastMessageAgeMs,
      lastError: stats.delivery.reason ?? stats.lastError,
    }));
  }

  /** Closed candles that wait for the bus. */
  get closedQueued(): number {
    return this.#closedPublisher.pending;
  }

  get repair(): RepairState {
    return this.#ingest.state;
  }

  /** Updates the metrics that are read on demand. */
  observe(): void {
    const { metrics, bus } = this.#parts;
    const feed = this.#feed?.stats();
    if (feed !== undefined) {
      metrics.feed.observe(feed);
      metrics.observeQueue("feed", { length: feed.queued, capacity: feed.capacity });
    }
    metrics.observeQueue("closed", {
      length: this.#closedPublisher.pending,
      capacity: this.#closedPublisher.capacity,
    });
    for (const [outcome, count] of Object.entries(this.#exchange.rest.stats().outcomes)) {
      metrics.restRequests.inc({ outcome }, this.#gained(outcome, count));
    }
    const { counts, standing } = this.#ingest.state.audit;
    for (const [outcome, count] of Object.entries(counts)) {
      metrics.auditedCandles.inc({ outcome }, this.#gained(`audit ${outcome}`, count));
    }
    metrics.auditDifferences.set(standing);
    for (const [reason, count] of Object.entries(bus.dropped())) {
      metrics.dropped.inc({ stage: "bus", reason }, this.#gained(reason, count));
    }
  }

  /** How much a count has risen since the last call. */
  #gained(name: string, count: number): number {
    const before = this.#seen.get(name) ?? 0;
    this.#seen.set(name, count);
    return count - before;
  }

  async #run(): Promise<void> {
    const productIds = await this.#products.first();
    if (productIds === null) return;
    await this.#restore(productIds);
    if (this.#stop.signal.aborted) return;
    this.#feed = await this.#exchange.openFeed(productIds);
    let followed = new Set(productIds);
    void this.#products.keep((own) => {
      const added = own.filter((id) => !followed.has(id));
      followed = new Set(own);
      this.#ingest.follow(own);
      this.#feed?.setProducts(own);
      if (added.length > 0) {
        void this.#earlier.learnLater(added, (past) => this.#ingest.learn(past));
      }
    });
    await this.#ingest.run(this.#feed);
  }

  /**
   * Reads what earlier runs left, which must be known before the feed connects; waits for a server
   * that is lost during it.
   */
  async #restore(productIds: readonly ProductId[]): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#ingest.restore(productIds);
        this.#isRestored = true;
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#log.warn("what earlier runs left cannot be read and is being tried again", { error });
        await pause(RESTORE_RETRY_MS, this.#stop.signal);
      }
    }
  }

  /** Resolves when what was read at the start is out of date; see `EarlierRuns.whenStale`. */
  whenStale(signal: AbortSignal): Promise<void> {
    return this.#earlier.whenStale(() => this.#isRestored, signal);
  }

  /** Reads the sparklines again soon, so that they show what charts have. */
  #refreshDay(): void {
    this.#cancelRefresh ??= systemClock.after(REFRESH_DAY_MS, () => {
      this.#cancelRefresh = null;
      this.#parts.history.refreshDay(Math.floor(Date.now() / 1000)).catch(() => {});
    });
  }
}
