import { Aggregator } from "./candles/aggregator.ts";
import type { Candle } from "./candles/candle.ts";
import type { EpochSeconds } from "./candles/granularity.ts";
import type { IdGap } from "./candles/id_intervals.ts";
import type { ProductId } from "./candles/product.ts";
import type { ProductAggregator } from "./candles/product_aggregator.ts";
import type { Trade } from "./candles/trade.ts";
import type { FeedEvent } from "./exchange/feed_event.ts";
import { CandlePublisher } from "./ingest/candle_publisher.ts";
import { ExchangeTime } from "./ingest/exchange_time.ts";
import { Overflow } from "./ingest/overflow.ts";
import type { IngestParts } from "./ingest/parts.ts";
import { ProblemLog } from "./ingest/problem_log.ts";
import type { FillOutcome } from "./repair/live_walk.ts";
import { logDifferences, logRechecked } from "./ingest/difference_log.ts";
import type { RepairState } from "./repair/repair_state.ts";
import { type RepairEvents, Repairs } from "./repair/repairs.ts";
import { type Known, restore } from "./repair/restore.ts";
import { type Clock, every, systemClock } from "./time/clock.ts";

const HOUSEKEEPING_MS = 1000;

/**
 * The story of a trade between the feed and the bus: take it, merge it, publish what it changes, and leave what is
 * missing to repair. Its owner closes it, which publishes what waits.
 */
export class Ingest {
  readonly #parts: IngestParts;
  readonly #clock: Clock;
  readonly #time = new ExchangeTime();
  readonly #aggregator: Aggregator;
  readonly #publisher: CandlePublisher;
  readonly #repairs: Repairs;
  readonly #overflow = new Overflow();
  readonly #touched = new Set<ProductAggregator>();
  #followed: ReadonlySet<ProductId> = new Set();
  #unmerged = 0;
  #stopHousekeeping: (() => void) | null = null;
  #stopped = false;

  constructor(parts: IngestParts) {
    const { config, bus, closed, metrics, exchange, repairs } = parts;
    const clock = this.#clock = parts.clock ?? systemClock;
    this.#parts = parts;
    this.#aggregator = new Aggregator(config.closeGraceMs, (outcome) => {
      this.#unmerged++;
      if (outcome !== "duplicate") metrics.dropped.inc({ stage: "aggregate", reason: outcome });
    });
    const { liveIntervalMs, repairMaxTrades, exactDays, backfillDays, retentionDays } = config;
    this.#publisher = new CandlePublisher({
      liveIntervalMs,
      bus,
      closed,
      metrics,
      clock,
      live: (productId, granularity) => this.#aggregator.get(productId)?.live(granularity) ?? null,
      onReplaced: (placeholder, candle) => this.#repairs.onReplaced(placeholder, candle),
    });
    this.#repairs = new Repairs({
      aggregator: this.#aggregator,
      source: exchange,
      repairMaxTrades,
      exactDays,
      backfillDays,
      granularities: parts.granularities,
      retentionDays,
      store: repairs,
      events: this.#repairEvents(new ProblemLog(parts.log, clock)),
      clock,
      random: parts.random ?? Math.random,
      wanted: (productId) => parts.wanted(productId),
    });
  }

  /** What is being repaired now. */
  get state(): RepairState {
    return this.#repairs.counts;
  }

  /** Resumes where an earlier run ended. Call it before `run`. */
  async restore(productIds: readonly ProductId[]): Promise<void> {
    const known = await this.#parts.readKnown(productIds);
    this.follow(productIds);
    for (const candle of await restore(this.#aggregator, this.#followed, known)) {
      if (this.#repairs.isKept(candle)) {
        this.#aggregator.get(candle.productId)?.raiseRevision(candle);
      }
    }
    this.#publisher.restore(known.current);
    for (const product of this.#aggregator.all()) {
      this.#repairs.enqueue(product);
      this.#publisher.publish(product);
    }
    this.learn(known);
  }

  /** Adopts what earlier runs left in the database: since when trades are known, and where some are missing. */
  learn(past: Pick<Known, "provenFrom" | "doubts">): void {
    this.#repairs.learn(past);
  }

  /** Follows exactly these products from now on; others resume where they are if they are followed again. */
  follow(productIds: readonly ProductId[]): void {
    this.#followed = new Set(productIds);
    for (const { productId } of this.#aggregator.all()) {
      if (!this.#followed.has(productId)) this.#repairs.drop(productId);
    }
    this.#aggregator.follow(this.#followed);
  }

  /** From when on a product's trades are known, once its live candles are complete; null until then. */
  coveredFrom(productId: ProductId): EpochSeconds | null {
    return this.#repairs.coveredFrom(productId);
  }

  /** Reads the feed until it ends. */
  async run(feed: AsyncIterable<FeedEvent>): Promise<void> {
    this.#stopHousekeeping = every(this.#clock, HOUSEKEEPING_MS, () => this.#keepHouse());
    for await (const event of feed) this.#take(event);
  }

  /** Publishes what waits, writes current candles and stops; the feed must have ended. */
  async close(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#stopHousekeeping?.();
    // The next holder of the shard reports its gaps; this process may stand by for days.
    this.#parts.metrics.gapsOpen.set(0);
    await this.#repairs.close();
    await this.#publisher.close();
  }

  #take(event: FeedEvent): void {
    this.#parts.metrics.feed.take(event);
    switch (event.kind) {
      case "trades":
        if (this.#time.accepts(event.timestampMs)) this.#merge(event);
        else this.#refuseTrades(event.trades);
        break;
      case "heartbeat":
        if (this.#time.accepts(event.timeMs)) this.#advance(event.products, event.timeMs);
        else this.#refuse(1);
        break;
      case "loss":
        for (const product of this.#known(event.products)) this.#repairs.markSuspect(product);
    }
  }

  #merge({ trades, snapshot, timestampMs }: Extract<FeedEvent, { kind: "trades" }>): void {
    const { metrics } = this.#parts;
    metrics.tradesReceived.inc(trades.length);
    this.#touched.clear();
    this.#unmerged = 0;
    this.#aggregator.merge(trades, true, this.#touched);
    metrics.tradesProcessed.inc(trades.length - this.#unmerged);
    for (const product of this.#touched) {
      if (snapshot) {
        const newest = newestOf(trades, product.productId);
        this.#repairs.onSnapshot(product, newest, timestampMs);
      }
      this.#repairs.enqueue(product);
      this.#publisher.publish(product);
    }
  }

  #advance(products: readonly ProductId[], timeMs: number): void {
    for (const product of this.#known(products)) {
      product.advance(timeMs);
      this.#publisher.publishClosed(product);
    }
  }

  /**
   * Their time is not accepted, but they may be real trades: after a long outage the first ones
   * are refused as well.
   */
  #refuseTrades(trades: Extract<FeedEvent, { kind: "trades" }>["trades"]): void {
    this.#refuse(trades.length);
    const products = new Set(trades.map(({ productId }) => productId));
    for (const product of this.#known([...products])) this.#repairs.markSuspect(product);
  }

  #refuse(count: number): void {
    this.#parts.metrics.dropped.inc({ stage: "feed", reason: "time_leap" }, count);
  }

  *#known(products: readonly ProductId[]): Iterable<ProductAggregator> {
    for (const productId of products) {
      const product = this.#aggregator.get(productId);
      if (product !== null) yield product;
    }
  }

  /** A closed candle is safely in the stream, so it may become its key's current one. */
  onStored(candle: Candle): void {
    this.#publisher.onStored(candle);
  }

  /**
   * The stream holds another content under this candle's revision (an earlier run published it and died before it
   * recorded that): publishes the candle again, one revision higher.
   */
  onConflict(candle: Candle): void {
    const product = this.#raise(candle);
    if (product !== null) this.#publisher.publishClosed(product);
  }

  /**
   * The queue of closed candles is full: remembers this one, to publish it again once there is
   * room.
   */
  onOverflow(candle: Candle): void {
    this.#parts.metrics.dropped.inc({ stage: "publish", reason: "queue_full" });
    if (!this.#overflow.add(candle)) this.#repairDayOf(candle);
  }

  #keepHouse(): void {
    this.#repairs.keepBooks();
    this.#parts.metrics.gapsOpen.set(this.#repairs.gapsOpen);
    if (this.#overflow.isEmpty || this.#parts.closed.pending > 0) return;
    const products = new Set(this.#overflow.take().map((candle) => this.#raise(candle)));
    for (const product of products) if (product !== null) this.#publisher.publishClosed(product);
  }

  /**
   * The product whose candle is to be published again under the next revision; null if memory has released the candle,
   * which repair then restores.
   */
  #raise(candle: Candle): ProductAggregator | null {
    const product = this.#aggregator.get(candle.productId);
    if (product?.raiseRevision(candle) === true) return product;
    this.#repairDayOf(candle);
    return null;
  }

  #repairDayOf({ productId, start }: Candle): void {
    this.#repairs.repairDays(productId, start * 1000, start * 1000);
  }

  #repairEvents(problems: ProblemLog): RepairEvents {
    const { metrics, log } = this.#parts;
    return {
      onChanged: (product) => this.#publisher.publish(product),
      onRepairedPast: (productId, candles) => {
        this.#publisher.enqueue(candles);
        const [first] = candles;
        const date = new Date((first?.start ?? 0) * 1000).toISOString().slice(0, 10);
        const count = candles.length;
        log.info("{productId}: repaired {count} candles of {date}", { productId, count, date });
      },
      onDifferent: (found) => logDifferences(log, found),
      onRechecked: (found) => logRechecked(log, found),
      onGapOpened: () => metrics.gapsOpened.inc(),
      onGapRepaired: () => metrics.gapsRepaired.inc(),
      onUnfilled: (productId, { fromId, toId }: IdGap, outcome: FillOutcome, isNews) => {
        if (isNews) metrics.gapsUnrepairable.inc();
        const gap = { productId, fromId, toId, outcome };
        log.info("{productId}: trades {fromId} to {toId} {outcome}", gap);
      },
      onProblem: (productId, what, error) => problems.report(productId, what, error),
      onHistory: () => this.#parts.onHistory(),
      onOverflow: (productId, waiting) =>
        log.warn("{productId}: {waiting} stretches wait for repair; others for the next start", {
          productId,
          waiting,
        }),
    };
  }
}

/** The highest id among a product's trades. */
function newestOf(trades: readonly Trade[], productId: ProductId): number {
  return trades.reduce(
    (newest, trade) => trade.productId === productId ? Math.max(newest, trade.tradeId) : newest,
    0,
  );
}
