import type { Bus } from "../bus/bus.ts";
import type { Lease } from "../bus/lease.ts";
import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import { epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { decodeCandle } from "../candles/wire.ts";
import type { Catalogue } from "../exchange/catalogue.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { TradeFeed } from "../exchange/trade_feed.ts";
import { openExchange } from "./exchanges.ts";
import type { Config } from "../config.ts";
import type { History } from "../history/history.ts";
import { Ingest } from "../ingest.ts";
import type { Doubt, Known, ProvenStart } from "../repair/restore.ts";
import { logger } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import {
  type FeedConnection,
  type PartState,
  type ProductsState,
  type RepairState,
  STARTING,
} from "../metrics/status.ts";
import type { Store } from "../store/store.ts";
import { pause } from "../time/pause.ts";
import { backfillCharts } from "./chart_backfill.ts";
import { feedState } from "./feed_state.ts";
import { untilDone } from "./until_done.ts";
import { FollowedProducts } from "./followed_products.ts";

/** What the exchange's side of the process works with; it opens feed and REST itself. */
export interface ShardIngestParts {
  readonly config: Config;
  readonly bus: Bus;
  /** The right to ingest this shard; without it nothing is published. */
  readonly lease: Lease;
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly history: History;
  readonly metrics: Metrics;
  /** How urgently somebody waits for a product's candles, 0 to 9. */
  wanted(productId: ProductId): number;
}

const RESTORE_RETRY_MS = 1000;
/** How long a start waits for the database before it goes on with what the bus knows. */
const STORE_PATIENCE_MS = 10_000;
/** Closed candles that the bus does not take within this are found again at the next start. */
const CLOSED_PATIENCE_MS = 2000;
/** Without a database, this much of the stream is read: the running hours and what closed lately. */
const TAIL_MS = 3 * 3_600_000;
/** How far back a start looks for what is not proven: as long as the stream keeps closed candles. */
const DOUBT_SECONDS = 72 * 3600;
/** More of the stream than this is not read at a start: the database is waited for instead. */
const MOST_TAIL = 100_000;
/** How long a start waits for the process that stores to say what the database has. */
const MARK_PATIENCE_MS = 8_000;
const STALE_LOOK_MS = 2_000;
const DOUBT_MARGIN_SECONDS = 2 * 86_400;
const CATCH_UP_TRIES = 40;
const CATCH_UP_WAIT_MS = 250;
const DECODER = new TextDecoder();

/** Everything that talks to the exchange: the catalogue, the feed into ingest, and REST for what is missing. */
export class ShardIngest {
  readonly #parts: ShardIngestParts;
  readonly #log = logger("exchange");
  readonly #stop = new AbortController();
  readonly #exchange: Exchange;
  readonly #ingest: Ingest;
  readonly #closed: ReturnType<Bus["closedPublisher"]>;
  #feed: TradeFeed | null = null;
  #running: Promise<void> = Promise.resolve();
  readonly #products: FollowedProducts;
  /** What earlier runs left in the database is known. */
  #isPastRead = false;
  readonly #seen: Map<string, number>;
  #isRestored = false;
  #isStale = false;
  /** The newest doubt about the database that was looked into. */
  #newestDoubt: number | null = null;

  constructor(parts: ShardIngestParts) {
    const { config, bus, lease, store, metrics, wanted } = parts;
    this.#parts = parts;
    // The bus outlives a lost lease: what it dropped before was counted by the side that was there then.
    this.#seen = new Map(Object.entries(bus.dropped()));
    this.#exchange = openExchange(config, {
      log: logger("feed"),
      onDropped: (reason, count) => metrics.dropped.inc({ stage: "parse", reason }, count),
      signal: this.#stop.signal,
    });
    this.#products = new FollowedProducts({
      config,
      rest: this.#exchange.rest,
      store,
      catalogue: parts.catalogue,
      storeIsReady: () => this.#storeIsReady(),
      signal: this.#stop.signal,
    });
    this.#closed = bus.closedPublisher({
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
      bus: {
        publishLive: (key, bytes) => bus.publishLive(key, bytes, lease),
        putCurrent: (key, bytes) => bus.putCurrent(key, bytes, lease),
        currentSettled: () => bus.currentSettled(),
      },
      closed: this.#closed,
      exchange: this.#exchange.rest,
      gaps: store.gaps,
      metrics,
      log: logger("ingest"),
      wanted: (productId) => wanted(productId),
      readKnown: (productIds) => this.#readKnown(productIds),
      isCaughtUp: (signal) => this.#isCaughtUp(signal),
      around: (productId, from, to) => store.candles.around(productId, from, to),
      rememberProven: async (productId, { tradeId, from }) => {
        // An older start in a database that could not be read yet must not be overwritten. It is said again.
        if (!this.#isPastRead) throw new Error("what earlier runs proved is not read yet");
        const proven = { from: { tradeId, timeMs: from * 1000 } };
        // On the very first start the products may not have been stored yet: it is told again then.
        if (!await store.products.setProven(productId, proven)) {
          throw new Error(`${productId} is not stored yet`);
        }
      },
    });
  }

  /** Goes on until closed. Resolves when it has ended, by itself only for an error. */
  run(): Promise<void> {
    this.#running = this.#run().catch((error) => {
      if (!this.#stop.signal.aborted) this.#log.error("the exchange's side ended", { error });
    });
    return this.#running;
  }

  /** Stops the feed, then publishes what waits. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#feed?.close();
    await this.#running;
    await this.#ingest.close();
    await this.#closed.close(CLOSED_PATIENCE_MS);
    this.observe();
    this.#parts.metrics.feed.closed();
  }

  state(): PartState {
    const { state, detail } = this.#products.state;
    if (this.#feed === null) return state === "down" ? { state, detail } : STARTING;
    // Nothing to follow is no trouble of the feed's, unless that is what was listed.
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
    return this.#closed.pending;
  }

  /** What ingest is mending. */
  get repair(): RepairState {
    return this.#ingest.state;
  }

  /** Brings the metrics that are only read, never told, up to date. */
  observe(): void {
    const { metrics, bus } = this.#parts;
    const feed = this.#feed?.stats();
    if (feed !== undefined) {
      metrics.feed.observe(feed);
      metrics.observeQueue("feed", { length: feed.queued, capacity: feed.capacity });
    }
    metrics.observeQueue("closed", {
      length: this.#closed.pending,
      capacity: this.#closed.capacity,
    });
    for (const [outcome, count] of Object.entries(this.#exchange.rest.stats().outcomes)) {
      metrics.restRequests.inc({ outcome }, this.#gained(outcome, count));
    }
    for (const [reason, count] of Object.entries(bus.dropped())) {
      metrics.dropped.inc({ stage: "bus", reason }, this.#gained(reason, count));
    }
  }

  /** How much a count that only rises has risen since the last look. */
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
      if (added.length > 0) void this.#learnLater(added);
    });
    void this.#backfill();
    await this.#ingest.run(this.#parts.metrics.feed.counted(this.#feed));
  }

  /** What earlier runs left must be known before the feed connects; a server lost meanwhile is waited for. */
  async #restore(productIds: readonly ProductId[]): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#ingest.restore(productIds);
        this.#isRestored = true;
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#log.warn("what earlier runs left cannot be read and is being tried again", { error });
        await this.#pause(RESTORE_RETRY_MS);
      }
    }
  }

  #backfill(): Promise<void> {
    const { store, history, config } = this.#parts;
    return backfillCharts({
      config,
      store,
      exchange: this.#exchange,
      products: () => this.#products.own,
      coveredFrom: (productId) => this.#ingest.coveredFrom(productId),
      onHistory: () => void history.refreshDay(Math.floor(Date.now() / 1000)).catch(() => {}),
      signal: this.#stop.signal,
    });
  }

  async #readKnown(productIds: readonly ProductId[]): Promise<Known> {
    const { bus, store } = this.#parts;
    const current = await bus.readCurrent(this.#stop.signal);
    // What of the stream is missing is asked before the database is read: what is stored meanwhile is then in both.
    const held = await this.#storeIsReady() ? await this.#heldSequence() : null;
    if (held === null) this.#log.warn("the database is away: going on from the bus alone");
    if (held === "far behind") {
      this.#isStale = true;
      this.#log.warn(
        "the database is far behind the stream: going on from the bus until it is not",
      );
    }
    const known = typeof held === "number" ? held : null;
    const stored = known === null ? [] : await store.candles.held(productIds);
    const past = known === null
      ? { provenFrom: new Map(), doubts: [] }
      : await this.#readPast(productIds);
    this.#isPastRead = known !== null;
    if (held === null) void this.#learnLater(productIds);
    const tail = known === null
      ? bus.closedByTime(Date.now() - TAIL_MS, { signal: this.#stop.signal })
      : bus.closedAfter(known, { signal: this.#stop.signal });
    return { current, stored, tail: decoded(tail), ...past };
  }

  /** Of a database that is away now, or of products that are followed only now, as soon as it can be read. */
  async #learnLater(productIds: readonly ProductId[]): Promise<void> {
    await untilDone("Reading what earlier runs left in the database", async () => {
      await this.#parts.store.ready();
      this.#ingest.learn(await this.#readPast(productIds));
      this.#isPastRead = true;
    }, { log: this.#log, signal: this.#stop.signal });
  }

  async #readPast(productIds: readonly ProductId[]): Promise<Pick<Known, "provenFrom" | "doubts">> {
    const wanted = new Set(productIds);
    const provenFrom = new Map<ProductId, ProvenStart>();
    for (const { productId, provenFrom: from } of await this.#parts.store.products.all()) {
      if (from === null || !wanted.has(productId)) continue;
      const start = epochSeconds(Math.floor(from.timeMs / 1000));
      provenFrom.set(productId, { from: start, tradeId: from.tradeId || null });
    }
    return { provenFrom, doubts: await this.#readDoubts(productIds) };
  }

  /**
   * Up to where the stream's candles are in the database; what comes after may be there as well. A database that went
   * back in time has less than what was acknowledged.
   */
  async #heldSequence(): Promise<number | "far behind"> {
    const { bus, store } = this.#parts;
    const endMs = performance.now() + MARK_PATIENCE_MS;
    for (;;) {
      const { stream, first, last, ackFloor } = await bus.storeFloor();
      const { sequence } = await store.mark.read(stream);
      // A process that stores is about to write down what the database has.
      if (sequence === null && performance.now() < endMs && !this.#stop.signal.aborted) {
        await this.#pause(CATCH_UP_WAIT_MS);
        continue;
      }
      const held = Math.max(Math.min(sequence ?? ackFloor, ackFloor), first - 1);
      return last - held > MOST_TAIL ? "far behind" : held;
    }
  }

  /**
   * Resolves when what was read at the start is no longer what the database says: it was made again, restored, or has
   * caught up with a stream that it was far behind, and has everything that was published.
   */
  async whenStale(signal: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    const { renewals } = store;
    let doubt: number | null = null;
    while (!signal.aborted) {
      await this.#pause(STALE_LOOK_MS, signal);
      if (store.state().state !== "up" || !this.#isRestored) continue;
      try {
        const newest = (await store.mark.doubts()).at(-1)?.id ?? 0;
        doubt ??= this.#newestDoubt ?? newest;
        if (!this.#isStale && store.renewals === renewals && newest === doubt) continue;
        if (await this.#isCaughtUp(signal)) return;
      } catch {
        // The database is away: looked at again later.
      }
    }
  }

  /** Where the stored past is not proven: broken id chains, inexact minutes, gaps that were left open. */
  async #readDoubts(productIds: readonly ProductId[]): Promise<Doubt[]> {
    const { candles, gaps } = this.#parts.store;
    const now = Math.floor(Date.now() / 1000);
    const from = now - DOUBT_SECONDS as EpochSeconds;
    const [breaks, days, open, lost] = await Promise.all([
      candles.chain(productIds, from, now as EpochSeconds),
      candles.inexactDays(productIds, from),
      gaps.all(),
      this.#lostRows(productIds),
    ]);
    return [
      ...lost,
      ...breaks.map(({ productId, fromStart, toStart }) => ({
        productId,
        fromMs: fromStart * 1000,
        toMs: toStart * 1000,
      })),
      ...days.map(({ productId, day }) => ({ productId, fromMs: day * 1000, toMs: day * 1000 })),
      ...open.map(({ productId, fromTimeMs, toTimeMs }) => ({
        productId,
        fromMs: fromTimeMs,
        toMs: toTimeMs,
      })),
    ];
  }

  /** Where rows are missing that were stored once: ids that do not run on between minutes, exact ones included. */
  async #lostRows(productIds: readonly ProductId[]): Promise<Doubt[]> {
    const { candles, mark } = this.#parts.store;
    const doubts = await mark.doubts();
    this.#newestDoubt = doubts.at(-1)?.id ?? 0;
    const found: Doubt[] = [];
    for (const { fromMs, toMs } of doubts) {
      // A product may not have traded for hours before and after, and no two clocks are the same.
      const from = Math.floor(fromMs / 1000) - DOUBT_MARGIN_SECONDS as EpochSeconds;
      const to = Math.ceil(toMs / 1000) + DOUBT_MARGIN_SECONDS as EpochSeconds;
      const breaks = await candles.chain(productIds, from, to, { exactToo: true });
      for (const { productId, fromStart, toStart } of breaks) {
        found.push({ productId, fromMs: fromStart * 1000, toMs: toStart * 1000 });
      }
    }
    return found;
  }

  /** Whether the database has everything that was published so far; waits a while for it. */
  async #isCaughtUp(signal: AbortSignal): Promise<boolean> {
    const { bus, store } = this.#parts;
    for (let tries = 0; tries < CATCH_UP_TRIES && !signal.aborted; tries++) {
      if (store.state().state === "up" && this.#closed.pending === 0) {
        try {
          const { last } = await bus.closedBounds();
          const { ackFloor, pending } = await bus.storeLag();
          const isAcknowledged = pending === 0 || ackFloor >= last;
          if (isAcknowledged && await this.#holds(ackFloor)) return true;
        } catch {
          // The bus is away: as good as not caught up.
        }
      }
      await this.#pause(CATCH_UP_WAIT_MS, signal);
    }
    return false;
  }

  /** What was acknowledged may have been stored in a database that is another one now. */
  async #holds(ackFloor: number): Promise<boolean> {
    const { bus, store } = this.#parts;
    const { sequence } = await store.mark.read((await bus.storeFloor()).stream);
    return sequence !== null && sequence >= ackFloor;
  }

  /** Whether the database answers within the time a start may wait for it. */
  async #storeIsReady(): Promise<boolean> {
    const { store } = this.#parts;
    const endMs = performance.now() + STORE_PATIENCE_MS;
    // One that takes no candles can be read.
    while (!["up", "degraded"].includes(store.state().state)) {
      if (this.#stop.signal.aborted || performance.now() >= endMs) return false;
      await this.#pause(CATCH_UP_WAIT_MS);
    }
    return true;
  }

  #pause(ms: number, until: AbortSignal = this.#stop.signal): Promise<void> {
    return pause(ms, AbortSignal.any([until, this.#stop.signal]));
  }
}

async function* decoded(messages: AsyncIterable<{ bytes: Uint8Array }>): AsyncGenerator<Candle> {
  for await (const { bytes } of messages) {
    const candle = decodeCandle(DECODER.decode(bytes));
    if (candle !== null) yield candle;
  }
}
