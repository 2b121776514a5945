import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import { bucketEnd, containingStart, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Anchor } from "../candles/known_past.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import { fillGap, gapsWithin } from "./gap_fill.ts";
import { anchorOf, type ProvenStart } from "./restore.ts";
import { pinBefore } from "./day_placeholders.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";

/** What the repair of days works with. */
export interface DayRepairParts {
  readonly source: TradeSource;
  readonly repairMaxTrades: number;
  readonly clock?: Clock;
  /** Days that may wait; 50,000 if not given. */
  readonly maxWaiting?: number;
  /** Resolves true once the database holds all that was published before; false if that takes too long. */
  isCaughtUp(signal: AbortSignal): Promise<boolean>;
  /** Every stored candle that starts within, and the one-minute candles next to them on both sides. */
  around(productId: ProductId, from: EpochSeconds, to: EpochSeconds): Promise<readonly Candle[]>;
  /** The aggregator that holds the product's current hours. */
  live(productId: ProductId): ProductAggregator | null;
  /** From when on every closed candle is in the database, gaps apart. */
  provenFrom(productId: ProductId): ProvenStart | null;
  /** Publishes closed candles that the repair of a day has changed, in this order. */
  publish(productId: ProductId, day: EpochSeconds, candles: readonly Candle[]): void;
  onProblem(productId: ProductId, what: string, error: unknown): void;
  /** So many days wait that some are left out. Reported once until none waits any more. */
  onOverflow(productId: ProductId, waiting: number): void;
}

const TICK_MS = 500;
const RETRY_MIN_MS = 4000;
const RETRY_MAX_MS = 3_600_000;
/** Further days are left out: the next start finds them again in the database. */
const MAX_WAITING = 50_000;

interface Task {
  readonly productId: ProductId;
  readonly day: EpochSeconds;
  readonly backOff: BackOff;
  dueMs: number;
}

/**
 * Repairs what is older than the minutes in memory, one product's day at a time: takes the stored candles of the day,
 * fills their gaps over REST and publishes what changes, revisions going on. Works on one day at once, after everything
 * more recent. Whoever makes it closes it.
 */
export class DayRepair {
  readonly #parts: DayRepairParts;
  readonly #tasks = new Map<string, Task>();
  readonly #stop = new AbortController();
  readonly #clock: Clock;
  readonly #stopTicking: () => void;
  #working: Promise<void> | null = null;
  /** That days are left out has been reported. */
  #isOverflowing = false;

  constructor(parts: DayRepairParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#stopTicking = every(this.#clock, TICK_MS, () => this.#tick());
  }

  /** Days that wait to be repaired. */
  get waiting(): number {
    return this.#tasks.size;
  }

  /** Something is missing between two instants (epoch milliseconds) of a product. */
  add(productId: ProductId, fromMs: number, toMs: number): void {
    const first = containingStart(Math.floor(fromMs / 1000) as EpochSeconds, "ONE_DAY");
    for (let day = first; day * 1000 <= toMs; day = bucketEnd(day, "ONE_DAY")) {
      const name = `${productId} ${day}`;
      if (this.#tasks.has(name)) continue;
      if (this.#tasks.size >= (this.#parts.maxWaiting ?? MAX_WAITING)) {
        return this.#reportOverflow(productId);
      }
      this.#tasks.set(name, {
        productId,
        day,
        backOff: new BackOff(2 * RETRY_MIN_MS, RETRY_MAX_MS),
        dueMs: 0,
      });
    }
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#stopTicking();
    this.#stop.abort();
    await this.#working;
  }

  #reportOverflow(productId: ProductId): void {
    if (this.#isOverflowing) return;
    this.#isOverflowing = true;
    this.#parts.onOverflow(productId, this.#tasks.size);
  }

  #tick(): void {
    if (this.#working !== null) return;
    const now = this.#clock.now();
    let next: Task | null = null;
    // Newest days first: they are looked at most.
    for (const task of this.#tasks.values()) {
      if (task.dueMs <= now && (next === null || task.day > next.day)) next = task;
    }
    if (next === null) return;
    this.#working = this.#run(next).finally(() => this.#working = null);
  }

  async #run(task: Task): Promise<void> {
    const { productId, day } = task;
    try {
      if (await this.#repair(task)) this.#done(task);
      else task.dueMs = this.#clock.now() + RETRY_MIN_MS;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const waitMs = task.backOff.nextMs();
      task.dueMs = this.#clock.now() + waitMs;
      const date = new Date(day * 1000).toISOString().slice(0, 10);
      this.#parts.onProblem(productId, `${date} will be tried again in ${waitMs / 1000} s`, error);
    }
  }

  #done({ productId, day }: Task): void {
    this.#tasks.delete(`${productId} ${day}`);
    if (this.#tasks.size === 0) this.#isOverflowing = false;
  }

  /** False if it is too early. */
  async #repair({ productId, day }: Task): Promise<boolean> {
    const { source, repairMaxTrades } = this.#parts;
    const { signal } = this.#stop;
    const live = this.#parts.live(productId);
    if (live === null) return true;
    const until = Math.min(bucketEnd(day, "ONE_DAY"), live.coverage.heldFrom) as EpochSeconds;
    // What is held in memory is repaired there.
    if (!(until > day)) return true;
    if (!await this.#parts.isCaughtUp(signal)) return false;
    const stored = await this.#parts.around(productId, day, until);
    if (stored.length === 0) return true;
    const past = new ProductAggregator(productId, 0);
    const proven = this.#parts.provenFrom(productId);
    const held = Math.min(day, stored[0]?.start ?? day) as EpochSeconds;
    past.restore(
      stored.filter((candle) => isWithin(candle, day, until)),
      proven === null ? null : Math.max(proven.from, day) as EpochSeconds,
      anchorBefore(day, stored) ?? anchorOf(proven),
      containingStart(held, "ONE_HOUR"),
    );
    past.advance(until * 1000);
    // On a product's first day, larger candles begin before its first trades.
    if (past.coverage.coveredFrom > day) {
      await pinBefore(past, day, source, { priority: -1, signal });
    }
    for (const gap of past.gaps().reverse()) {
      const outcome = await fillGap(past, gap, source, { priority: -1, signal, repairMaxTrades });
      if (outcome === "unfilled") throw new Error("the exchange does not show the missing trades");
    }
    this.#publish(past, live, day, until);
    return true;
  }

  #publish(
    past: ProductAggregator,
    live: ProductAggregator,
    day: EpochSeconds,
    until: EpochSeconds,
  ) {
    const liveDay = live.coverage.heldFrom - live.coverage.heldFrom % GRANULARITY_SECONDS.ONE_DAY;
    const { tradesFrom } = past.coverage;
    const changed = past.takeClosed().filter(({ granularity, start }) => {
      const end = bucketEnd(start, granularity);
      if (start < day || end > until || end <= tradesFrom) return false;
      // Longer ones of a day that is held in memory are derived there, from the hours adopted below.
      return GRANULARITY_SECONDS[granularity] <= GRANULARITY_SECONDS.ONE_HOUR || start < liveDay;
    });
    for (const candle of changed) if (candle.granularity === "ONE_HOUR") live.adopt(candle);
    const repaired = [...changed, ...live.takeClosed()];
    for (const gap of live.gaps()) {
      const known = past.has(gap.fromId) && past.has(gap.toId);
      // Trades from `until` on are in no candle of this day: they are for the minutes in memory.
      if (!known || past.hasTradesFrom(until, gap)) continue;
      if (gapsWithin(past, gap).length === 0) live.account(gap);
    }
    this.#parts.publish(past.productId, day, [...repaired, ...live.takeClosed()]);
  }
}

/** The last trade of the newest minute before a day. */
function anchorBefore(day: EpochSeconds, stored: readonly Candle[]): Anchor | null {
  const minute = stored.findLast(({ granularity, start, lastTradeId }) =>
    granularity === "ONE_MINUTE" && start < day && lastTradeId !== null
  );
  if (minute === undefined || minute.lastTradeId === null) return null;
  return { tradeId: minute.lastTradeId, before: bucketEnd(minute.start, "ONE_MINUTE") };
}

/** Inside the day whole, or a neighbouring minute. */
function isWithin({ granularity, start }: Candle, day: EpochSeconds, until: EpochSeconds): boolean {
  return granularity === "ONE_MINUTE" || start >= day && bucketEnd(start, granularity) <= until;
}
