import { Aggregator } from "./candles/aggregator.ts";
import type { Candle } from "./candles/candle.ts";
import { candleKey } from "./candles/candle.ts";
import { type EpochSeconds, epochSeconds } from "./candles/granularity.ts";
import type { IdGap } from "./candles/id_intervals.ts";
import type { ProductId } from "./candles/product.ts";
import type { ProductAggregator } from "./candles/product_aggregator.ts";
import { encodeCandle } from "./candles/wire.ts";
import { CandleWriter } from "./candles/candle_writer.ts";
import type { FeedEvent } from "./exchange/feed_event.ts";
import { CurrentCandles } from "./ingest/current_candles.ts";
import { ExchangeTime } from "./ingest/exchange_time.ts";
import { GapBook } from "./repair/gap_book.ts";
import type { IngestParts } from "./ingest/parts.ts";
import { Mender } from "./repair/mender.ts";
import { DayMender } from "./repair/day_mender.ts";
import type { FillOutcome } from "./repair/gap_fill.ts";
import { LiveThrottle } from "./ingest/live_throttle.ts";
import { type Clock, every, systemClock } from "./time/clock.ts";
import { ProblemLog } from "./ingest/problem_log.ts";
import { TimeSlicedQueue } from "./ingest/time_sliced_queue.ts";
import type { RepairState } from "./metrics/status.ts";
import { type Known, type ProvenStart, restore } from "./repair/restore.ts";

const HOUSEKEEPING_MS = 1000;
const MOST_UNREPAIRABLE = 10_000;
/** Candles that did not fit, published again at once. */
const MOST_RESENT = 1000;
/** More of them are not remembered one by one: their days are looked through. */
const MOST_OVERFLOWED = 100_000;
const UTF8 = new TextEncoder();

/**
 * The story of a trade between the feed and the bus: aggregate it, publish what runs and what has closed, and mend what
 * is missing. Whoever makes it closes it, which flushes what waits.
 */
export class Ingest {
  readonly #parts: IngestParts;
  readonly #writer = new CandleWriter();
  readonly #aggregator: Aggregator;
  readonly #current: CurrentCandles;
  readonly #live: LiveThrottle<ProductAggregator>;
  readonly #closing: TimeSlicedQueue<ProductAggregator>;
  readonly #gaps: GapBook;
  readonly #mender: Mender;
  readonly #dayMender: DayMender;
  readonly #time = new ExchangeTime();
  readonly #touched = new Set<ProductAggregator>();
  readonly #proven = new Map<ProductId, ProvenStart>();
  readonly #clock: Clock;
  #stopHousekeeping: (() => void) | null = null;
  #followed: ReadonlySet<ProductId> = new Set();
  /** Gaps whose trades the exchange did not show when asked. */
  readonly #unrepairable = new Set<string>();
  /** Closed candles the queue had no room for, by what they are. */
  readonly #overflowed = new Map<string, Candle>();
  #unmerged = 0;
  #closed = false;

  constructor(parts: IngestParts) {
    const { metrics, log, config } = parts;
    this.#parts = parts;
    const clock = this.#clock = parts.clock ?? systemClock;
    const problems = new ProblemLog(log, clock);
    this.#aggregator = new Aggregator(config.closeGraceMs, (outcome) => {
      this.#unmerged++;
      if (outcome !== "duplicate") metrics.dropped.inc({ stage: "aggregate", reason: outcome });
    });
    this.#current = new CurrentCandles(parts.bus, clock);
    this.#live = new LiveThrottle(
      config.liveIntervalMs,
      (product) => this.#publishLive(product),
      clock,
    );
    this.#closing = new TimeSlicedQueue(
      (product) => this.#enqueue(product.takeClosed()),
      clock,
    );
    this.#gaps = new GapBook(parts.gaps, {
      onOpened: () => metrics.gapsOpened.inc(),
      onRepaired: ({ productId, fromId, toId }) => {
        metrics.gapsRepaired.inc();
        this.#unrepairable.delete(`${productId} ${fromId}-${toId}`);
      },
    });
    this.#dayMender = new DayMender({
      source: parts.exchange,
      repairMaxTrades: config.repairMaxTrades,
      clock,
      isCaughtUp: parts.isCaughtUp,
      around: parts.around,
      live: (productId) => this.#aggregator.get(productId),
      provenFrom: (productId) => this.#proven.get(productId) ?? null,
      publish: (candles) => this.#enqueue(candles),
      onMended: (productId, day, candles) =>
        log.info("{productId}: mended {candles} candles of {day}", {
          productId,
          candles,
          day: new Date(day * 1000).toISOString().slice(0, 10),
        }),
      onProblem: (productId, what, error) => problems.tell(productId, what, error),
    });
    this.#mender = new Mender({
      source: parts.exchange,
      repairMaxTrades: config.repairMaxTrades,
      clock,
      wanted: parts.wanted,
      onChanged: (product) => this.#publish(product),
      onUnfilled: (productId, gap, outcome) => this.#onUnfilled(productId, gap, outcome),
      onProblem: (productId, what, error) => problems.tell(productId, what, error),
    });
  }

  /** What is being mended now. */
  get state(): RepairState {
    return {
      gapsOpen: this.#gaps.open,
      gapsOpened: this.#gaps.opened,
      gapsRepaired: this.#gaps.repaired,
      gapsUnrepairable: this.#unrepairable.size,
      daysWaiting: this.#dayMender.waiting,
      unseeded: this.#mender.unseeded,
    };
  }

  /** Goes on where an earlier run ended; to be called before `run`. */
  async restore(productIds: readonly ProductId[]): Promise<void> {
    const known = await this.#parts.readKnown(productIds);
    this.follow(productIds);
    await restore(this.#aggregator, this.#followed, known);
    this.#current.restore(known.current);
    for (const product of this.#aggregator.all()) {
      this.#mender.care(product);
      this.#publish(product);
    }
    this.learn(known);
  }

  /** What earlier runs left in the database: since when trades are known, and where some are missing. */
  learn({ provenFrom, doubts }: Pick<Known, "provenFrom" | "doubts">): void {
    for (const [productId, start] of provenFrom) {
      const held = this.#proven.get(productId);
      if (held === undefined || start.from < held.from) this.#proven.set(productId, start);
    }
    for (const { productId, fromMs, toMs } of doubts) {
      if (this.#followed.has(productId)) this.#dayMender.add(productId, fromMs, toMs);
    }
  }

  /** Follows exactly these products from now on; the candles of others are let go. */
  follow(productIds: readonly ProductId[]): void {
    this.#followed = new Set(productIds);
    for (const { productId } of this.#aggregator.all()) {
      if (this.#followed.has(productId)) continue;
      this.#mender.drop(productId);
      this.#proven.delete(productId);
    }
    this.#aggregator.follow(this.#followed);
  }

  /** From when on a product's trades are known, its live candles being complete; null until then. */
  coveredFrom(productId: ProductId): EpochSeconds | null {
    const product = this.#aggregator.get(productId);
    if (product === null || !this.#mender.isSeeded(productId)) return null;
    const { tradesFrom } = product.coverage;
    return Number.isFinite(tradesFrom) ? epochSeconds(tradesFrom) : null;
  }

  /** Reads the feed until it ends. */
  async run(feed: AsyncIterable<FeedEvent>): Promise<void> {
    this.#stopHousekeeping = every(this.#clock, HOUSEKEEPING_MS, () => this.#keepHouse());
    for await (const event of feed) this.#take(event);
  }

  /** Publishes what waits, writes current candles and stops; the feed must have ended. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopHousekeeping?.();
    // Whoever goes on with the shard tells of its gaps; this process may stand by for days.
    this.#parts.metrics.gapsOpen.set(0);
    await Promise.all([this.#mender.close(), this.#dayMender.close()]);
    this.#closing.flush();
    this.#closing.close();
    this.#live.flush();
    this.#live.close();
    await this.#current.flush();
    this.#current.close();
    await this.#gaps.write().catch(() => {});
  }

  /** A closed candle is safely in the stream: now it may be a key's current one. */
  onStored(candle: Candle): void {
    this.#current.offer(candle);
  }

  /**
   * The stream holds another candle under this one's revision (an earlier run published it and did not live to
   * remember): it is published again, one revision higher.
   */
  onConflict(candle: Candle): void {
    const product = this.#aggregator.get(candle.productId);
    if (product?.raiseRevision(candle) === true) this.#publishClosed(product);
    else this.#dayMender.add(candle.productId, candle.start * 1000, candle.start * 1000);
  }

  /** The queue of closed candles is full: this one is made again once there is room. */
  onOverflow(candle: Candle): void {
    const { productId, granularity, start } = candle;
    this.#parts.metrics.dropped.inc({ stage: "publish", reason: "queue_full" });
    if (this.#overflowed.size < MOST_OVERFLOWED) {
      this.#overflowed.set(`${productId} ${granularity} ${start}`, candle);
    } else this.#dayMender.add(productId, start * 1000, start * 1000);
  }

  /** From memory, or if that has let go of it, from what the database lacks: the mender of days finds it missing. */
  #resendOverflowed(): void {
    if (this.#overflowed.size === 0 || this.#parts.closed.pending > 0) return;
    const products = new Set<ProductAggregator>();
    for (const [name, candle] of [...this.#overflowed].slice(0, MOST_RESENT)) {
      this.#overflowed.delete(name);
      const product = this.#aggregator.get(candle.productId);
      if (product?.raiseRevision(candle) === true) products.add(product);
      else this.#dayMender.add(candle.productId, candle.start * 1000, candle.start * 1000);
    }
    for (const product of products) this.#publishClosed(product);
  }

  #onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome): void {
    const { fromId, toId } = gap;
    this.#parts.log.info("{productId}: trades {fromId} to {toId} {outcome}", {
      productId,
      fromId,
      toId,
      outcome,
    });
    if (outcome === "estimated" || outcome === "unfilled") {
      const name = `${productId} ${fromId}-${toId}`;
      if (!this.#unrepairable.has(name)) this.#parts.metrics.gapsUnrepairable.inc();
      if (this.#unrepairable.size < MOST_UNREPAIRABLE) this.#unrepairable.add(name);
    }
    if (outcome === "aged") this.#dayMender.add(productId, gap.fromTimeMs, gap.toTimeMs);
  }

  #take(event: FeedEvent): void {
    const { metrics } = this.#parts;
    if (event.kind === "trades" && !this.#time.accepts(event.timestampMs)) {
      metrics.dropped.inc({ stage: "feed", reason: "time_leap" }, event.trades.length);
    } else if (event.kind === "heartbeat" && !this.#time.accepts(event.timeMs)) {
      metrics.dropped.inc({ stage: "feed", reason: "time_leap" });
    } else if (event.kind === "trades") {
      metrics.tradesReceived.inc(event.trades.length);
      this.#touched.clear();
      this.#unmerged = 0;
      this.#aggregator.merge(event.trades, true, this.#touched);
      metrics.tradesProcessed.inc(event.trades.length - this.#unmerged);
      for (const product of this.#touched) {
        this.#mender.care(product);
        this.#publish(product);
      }
    } else if (event.kind === "heartbeat") {
      for (const productId of event.products) {
        const product = this.#aggregator.get(productId);
        if (product === null) continue;
        product.advance(event.timeMs);
        this.#publishClosed(product);
      }
    } else if (event.kind === "loss") {
      for (const productId of event.products) {
        const product = this.#aggregator.get(productId);
        if (product !== null) this.#mender.suspect(product);
      }
    }
  }

  #publish(product: ProductAggregator): void {
    this.#publishClosed(product);
    if (product.hasLive) this.#live.touch(product);
  }

  #publishClosed(product: ProductAggregator): void {
    if (product.hasClosed) this.#closing.add(product);
  }

  #enqueue(candles: readonly Candle[]): void {
    const { metrics, closed } = this.#parts;
    for (const candle of candles) {
      const { granularity, revision, exact } = candle;
      if (revision === 0) metrics.candlesClosed.inc({ granularity });
      else metrics.revisions.inc({ granularity });
      if (exact) metrics.candlesProven.inc({ granularity });
      closed.enqueue(candle, UTF8.encode(encodeCandle(candle)));
    }
  }

  #publishLive(product: ProductAggregator): void {
    const { bus, metrics } = this.#parts;
    const candles = product.takeLive();
    for (const candle of candles) {
      bus.publishLive(
        candleKey(candle.productId, candle.granularity),
        this.#writer.write(candle),
      );
      this.#current.offer(candle);
    }
    metrics.liveUpdates.inc(candles.length);
  }

  #keepHouse(): void {
    const { metrics } = this.#parts;
    for (const product of this.#aggregator.all()) {
      this.#gaps.look(product);
      this.#rememberCoverage(product);
    }
    this.#resendOverflowed();
    metrics.gapsOpen.set(this.#gaps.open);
    // A database that is away is told as soon as it is back; the gaps are kept until then.
    this.#gaps.write().catch(() => {});
  }

  /** From when on a product is followed without a break: what a later start may take for complete. */
  #rememberCoverage(product: ProductAggregator): void {
    const { tradesFrom } = product.coverage;
    if (!Number.isFinite(tradesFrom)) return;
    const { productId, oldestId } = product;
    const known = this.#proven.get(productId) ?? null;
    if (known !== null && tradesFrom >= known.from) return;
    const proven = { tradeId: oldestId, from: tradesFrom as EpochSeconds };
    this.#proven.set(productId, proven);
    this.#parts.rememberProven(productId, { ...proven, tradeId: oldestId ?? 0 }).catch(() => {
      // To be said again when the database is back.
      if (known === null) this.#proven.delete(productId);
      else this.#proven.set(productId, known);
    });
  }
}
