import type { Aggregator } from "../candles/aggregator.ts";
import type { Candle } from "../candles/candle.ts";
import {
  bucketStart,
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { Disagreement, KeptDisagreement } from "../exchange/disagreement.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";
import { Audit } from "./audit.ts";
import type { AuditStore } from "./audit_store.ts";
import { GapBook, type GapKeeper, type KeptGap } from "./gap_book.ts";
import { ChartPlaceholders } from "./chart_placeholders.ts";
import { DayPlaceholders } from "./day_placeholders.ts";
import { EndLooks } from "./end_looks.ts";
import { type KeptCandles, KnownCandles } from "./known_candles.ts";
import { ListingLag } from "./listing_lag.ts";
import { type FillOutcome, LiveWalk } from "./live_walk.ts";
import { PastWalk } from "./past_walk.ts";
import { type PageSource, Planner } from "./planner.ts";
import type { PastStore } from "./past_store.ts";
import type { PastOf } from "./past_parts.ts";
import { ProvenStarts } from "./proven_starts.ts";
import type { RepairState } from "./repair_state.ts";
import type { Doubt, Known } from "./restore.ts";

/** The part of the store that repairs use. */
export interface RepairStore extends PastStore {
  readonly gaps: GapKeeper;
  readonly exchangeCandles: KeptCandles;
  readonly audits: AuditStore;
}

export interface RepairEvents {
  /** The product's candles may have changed: publish them. */
  onChanged(product: ProductAggregator): void;
  /** Repaired candles that memory has released and that were published before: publish them. */
  onRepairedPast(productId: ProductId, candles: readonly Candle[]): void;
  /** Exact candles differ from the exchange's own. */
  onDifferent(found: readonly Disagreement[]): void;
  /** A difference was compared once more. */
  onRechecked(found: KeptDisagreement): void;
  onGapOpened(gap: KeptGap): void;
  onGapRepaired(gap: KeptGap): void;
  /** A gap was tried and not filled with trades, for the first time if `isNews`. */
  onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome, isNews: boolean): void;
  onProblem(productId: ProductId, what: string, error: unknown): void;
  /** More of a product's last days has been stored. */
  onHistory(): void;
  /** Too many stretches of a product's past wait for repair: some are left out until the next start. */
  onOverflow(productId: ProductId, waiting: number): void;
}

export interface RepairsParts {
  readonly aggregator: Aggregator;
  readonly source: TradeSource;
  readonly repairMaxTrades: number;
  /** How many days back everything is to be proven; 0 for none. */
  readonly exactDays: number;
  /** How many days back charts get the exchange's candles where nothing is proven soon; 0 for none. */
  readonly backfillDays: number;
  /** The granularities that the exchange has candles of. */
  readonly granularities: readonly Granularity[];
  /** Days for which a granularity is kept; forever if it is absent. */
  readonly retentionDays: ReadonlyMap<Granularity, number>;
  readonly store: RepairStore;
  readonly events: RepairEvents;
  readonly clock: Clock;
  /** Evenly in [0, 1). */
  readonly random: () => number;
  /** Higher is more wanted, 0 to 9; 9 for what streams name. */
  wanted(productId: ProductId): number;
}

/** A product that is kept complete, with what was last seen of it. */
interface Followed {
  readonly product: ProductAggregator;
  shape: number;
  wanted: number;
  heldFrom: number;
  /** A stretch with gaps that memory has forgotten; it is repaired in the database as memory releases its minutes. */
  forgotten: Omit<Doubt, "productId"> | null;
}

/** How often to search for gaps that killed processes left open in the database. */
const SETTLE_MS = 600_000;

/**
 * Completes what the feed alone cannot: live candles at a start, gaps, ends, and days that memory has released. Its
 * owner closes it.
 */
export class Repairs {
  readonly #parts: RepairsParts;
  readonly #gaps: GapBook;
  readonly #planner: Planner;
  readonly #walk: LiveWalk;
  readonly #ends: EndLooks;
  readonly #placeholders: DayPlaceholders;
  readonly #charts: ChartPlaceholders;
  readonly #audit: Audit;
  readonly #followed = new Map<ProductId, Followed>();
  readonly #past: PastWalk;
  readonly #sources: readonly (PageSource & Pick<PastWalk, "drop">)[];
  readonly #proven: ProvenStarts;
  readonly #closing = new AbortController();
  #settleDueMs: number;

  constructor(parts: RepairsParts) {
    const { source, repairMaxTrades, store, events, clock } = parts;
    this.#parts = parts;
    this.#settleDueMs = clock.now() + SETTLE_MS;
    this.#gaps = new GapBook(store.gaps, {
      onOpened: (gap) => events.onGapOpened(gap),
      onRepaired: (gap) => events.onGapRepaired(gap),
      onJoined: (gap) => this.#onJoined(gap),
      onForgotten: ({ productId, fromTimeMs, toTimeMs }) => {
        const followed = this.#followed.get(productId);
        if (followed === undefined) return;
        const { fromMs, toMs } = followed.forgotten ?? { fromMs: fromTimeMs, toMs: toTimeMs };
        followed.forgotten = {
          fromMs: Math.min(fromMs, fromTimeMs),
          toMs: Math.max(toMs, toTimeMs),
        };
      },
    });
    this.#proven = new ProvenStarts(store, (productId) => this.#planner.wake(productId));
    const comesSoon = (productId: ProductId, from: EpochSeconds) =>
      this.#past.comesSoon(productId, from);
    const live = {
      source,
      lag: new ListingLag(),
      clock,
      live: (productId: ProductId) => this.#followed.get(productId)?.product ?? null,
      wanted: (productId: ProductId) => parts.wanted(productId),
      onChanged: (product: ProductAggregator) => {
        // A page may come when its product is no longer followed, or again.
        if (this.#followed.get(product.productId)?.product === product) events.onChanged(product);
      },
    };
    this.#walk = new LiveWalk({
      ...live,
      repairMaxTrades,
      comesSoon,
      onOlder: (productId, trades) => this.#past.offer(productId, trades),
      onUnfilled: (productId, gap, outcome) => this.#onUnfilled(productId, gap, outcome),
    });
    this.#ends = new EndLooks(live);
    this.#placeholders = new DayPlaceholders({
      ...live,
      source: new KnownCandles(source, store.exchangeCandles),
      comesSoon,
    });
    this.#charts = new ChartPlaceholders({
      source,
      kept: store.exchangeCandles,
      clock,
      granularities: parts.granularities,
      days: parts.backfillDays,
      coveredFrom: (productId) => this.coveredFrom(productId),
      keptFrom: (granularity) => this.#keptFrom(granularity),
      wanted: (productId) => parts.wanted(productId),
      comesSoon,
      onHistory: () => events.onHistory(),
      onProblem: (productId, waitMs, error) => {
        const seconds = Math.round(waitMs / 1000);
        events.onProblem(productId, `its charts' past failed; retry in ${seconds} s`, error);
      },
    });
    this.#audit = new Audit({
      source,
      clock,
      store: store.audits,
      wanted: (productId) => parts.wanted(productId),
      onDifferent: (found) => events.onDifferent(found),
      onRechecked: (found) => events.onRechecked(found),
      onProblem: (productId, error) =>
        events.onProblem(productId, "comparing it with the exchange failed and is retried", error),
    });
    this.#past = new PastWalk({
      source,
      store,
      of: (productId) => this.#pastOf(productId),
      clock,
      publish: (productId, candles) => events.onRepairedPast(productId, candles),
      onChanged: (product) => events.onChanged(product),
      onReplaced: (placeholder, candle) => this.#audit.compare(placeholder, candle),
      onProven: (productId, proven) => this.#proven.set(productId, proven),
      wanted: (productId) => parts.wanted(productId),
      wake: (productId) => this.#planner.wake(productId),
      onOverflow: (productId, waiting) => events.onOverflow(productId, waiting),
      onProblem: (productId, waitMs, error) => {
        const seconds = Math.round(waitMs / 1000);
        events.onProblem(productId, `a page of its past failed; retry in ${seconds} s`, error);
      },
    });
    this.#sources = [
      this.#walk,
      this.#ends,
      this.#placeholders,
      this.#past,
      this.#charts,
      this.#audit,
    ];
    this.#planner = new Planner({
      clock,
      random: parts.random,
      sources: this.#sources,
      onProblem: (productId, waitMs, error) => {
        const seconds = Math.round(waitMs / 1000);
        events.onProblem(productId, `REST failed; retry in ${seconds} s`, error);
      },
    });
  }

  /** The same number as in `counts`, cheaper. */
  get gapsOpen(): number {
    return this.#gaps.open;
  }

  get counts(): RepairState {
    const { clock } = this.#parts;
    const past = this.#past.counts;
    const { oldest } = this.#gaps;
    return {
      gapsOpen: this.#gaps.open,
      gapsOpened: this.#gaps.opened,
      gapsRepaired: this.#gaps.repaired,
      gapsUnrepairable: this.#gaps.unrepairable,
      daysWaiting: past.doubtful,
      past,
      unseeded: [...this.#followed.keys()].filter((id) => this.coveredFrom(id) === null).length,
      audit: this.#audit.state,
      pages: this.#planner.wanted,
      oldestGapMs: oldest === null ? null : Math.max(0, clock.wallMs() - oldest.toTimeMs),
    };
  }

  /** Adopts what earlier runs left in the database: since when trades are known, and where some are missing. */
  learn({ provenFrom, doubts }: Pick<Known, "provenFrom" | "doubts">): void {
    for (const [productId, start] of provenFrom) {
      this.#proven.learn(productId, start);
      if (this.#followed.has(productId)) this.#planner.wake(productId);
    }
    for (const { productId, fromMs, toMs } of doubts) this.repairDays(productId, fromMs, toMs);
  }

  /** Keeps a product complete from now on. Call it whenever the product has changed. */
  enqueue(product: ProductAggregator): void {
    const { productId, gapShape } = product;
    const followed = this.#followed.get(productId);
    if (followed?.shape === gapShape) return;
    if (followed === undefined) this.#follow(product);
    else followed.shape = gapShape;
    this.#planner.wake(productId);
  }

  /** Records that messages of the product may have been lost. */
  markSuspect(product: ProductAggregator): void {
    this.#ends.markSuspect(product);
    this.#planner.wake(product.productId);
  }

  /** The feed's snapshot showed that `tradeId` was the product's newest trade at `sentMs` (the exchange's time). */
  onSnapshot(product: ProductAggregator, tradeId: number, sentMs: number): void {
    this.#ends.onSnapshot(product, tradeId, sentMs);
    this.#planner.wake(product.productId);
  }

  /** Forgets a product that is no longer followed. */
  drop(productId: ProductId): void {
    this.#followed.delete(productId);
    this.#gaps.drop(productId);
    for (const source of this.#sources) source.drop(productId);
    this.#planner.drop(productId);
    this.#proven.drop(productId);
  }

  /**
   * Repairs the days of these instants (epoch milliseconds), whose candles are missing or not
   * proven.
   */
  repairDays(productId: ProductId, fromMs: number, toMs: number): void {
    if (this.#parts.aggregator.get(productId) !== null) {
      this.#past.add({ productId, fromMs, toMs });
    }
  }

  /** From when on a product's trades are known, once its live candles are complete; null until then. */
  coveredFrom(productId: ProductId): EpochSeconds | null {
    const product = this.#followed.get(productId)?.product;
    if (product === undefined || product.newest === null) return null;
    const { coveredFrom, tradesFrom } = product.coverage;
    if (coveredFrom > bucketStart(product.newest.toTimeMs, "ONE_DAY")) return null;
    return Number.isFinite(tradesFrom) ? epochSeconds(tradesFrom) : null;
  }

  /** Whether a candle and its minutes are within their retention: a start reads a product by its minutes. */
  isKept({ granularity, start }: Candle): boolean {
    return start >= Math.max(this.#keptFrom(granularity), this.#keptFrom("ONE_MINUTE"));
  }

  /** A candle from trades has replaced a placeholder, the exchange's own. */
  onReplaced(placeholder: Candle, candle: Candle): void {
    this.#audit.compare(placeholder, candle);
  }

  /** Writes changed gaps and proven starts to the database. While it is down, changes wait here. */
  keepBooks(): void {
    for (const product of this.#parts.aggregator.all()) {
      this.#gaps.look(product);
      if (this.#proven.observe(product)) this.#planner.wake(product.productId);
    }
    void this.#proven.record(this.#parts.aggregator.all(), this.#closing.signal);
    for (const followed of this.#followed.values()) {
      const { product, wanted, heldFrom } = followed;
      followed.wanted = this.#parts.wanted(product.productId);
      followed.heldFrom = product.coverage.heldFrom;
      if (followed.heldFrom !== heldFrom) this.#onReleased(followed);
      const isNews = this.#ends.observe(product) || followed.wanted !== wanted ||
        followed.heldFrom !== heldFrom;
      if (isNews) this.#planner.wake(product.productId);
    }
    this.#gaps.write().catch(() => {});
    this.#audit.write().catch(() => {});
    const { clock, store } = this.#parts;
    if (clock.now() < this.#settleDueMs) return;
    this.#settleDueMs = clock.now() + SETTLE_MS;
    store.gaps.settle().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#planner.close();
    await Promise.all(
      [this.#gaps.write(), this.#audit.write()].map((write) => write.catch(() => {})),
    );
  }

  #follow(product: ProductAggregator): void {
    const { productId, gapShape: shape } = product;
    const { heldFrom } = product.coverage;
    const wanted = this.#parts.wanted(productId);
    this.#followed.set(productId, { product, shape, wanted, heldFrom, forgotten: null });
    this.#past.enqueue(productId);
  }

  /** What a closed gap proves of minutes that memory has released, the walk through the past writes. */
  #onJoined({ productId, fromTimeMs }: KeptGap): void {
    const { heldFrom } = this.#pastOf(productId);
    if (fromTimeMs < heldFrom * 1000) this.repairDays(productId, fromTimeMs, fromTimeMs);
  }

  /** Memory has released minutes of a product. */
  #onReleased(followed: Followed): void {
    const { product: { productId }, heldFrom, forgotten } = followed;
    if (forgotten === null || forgotten.fromMs >= heldFrom * 1000) return;
    this.repairDays(productId, forgotten.fromMs, forgotten.toMs);
    if (forgotten.toMs < heldFrom * 1000) followed.forgotten = null;
  }

  #onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome): void {
    const isUnrepairable = outcome === "estimated" || outcome === "unfilled";
    const isNews = isUnrepairable && this.#gaps.markUnrepairable({ productId, ...gap });
    this.#parts.events.onUnfilled(productId, gap, outcome, isNews);
    if (outcome === "aged") this.repairDays(productId, gap.fromTimeMs, gap.toTimeMs);
  }

  /** The state of a product that the walk through its past needs. */
  #pastOf(productId: ProductId): PastOf {
    const { aggregator, exactDays, clock } = this.#parts;
    const live = aggregator.get(productId);
    return {
      live,
      heldFrom: live?.coverage.heldFrom ?? -Infinity,
      proven: this.#proven.get(productId),
      isStored: this.#proven.isRecorded(productId),
      horizon: exactDays === 0 ? Infinity : daysBefore(clock.wallMs(), exactDays, "ONE_DAY"),
      keptFrom: (granularity) => this.#keptFrom(granularity),
    };
  }

  /** The earliest start of a granularity by its retention. */
  #keptFrom(granularity: Granularity): number {
    const { retentionDays, clock } = this.#parts;
    return daysBefore(clock.wallMs(), retentionDays.get(granularity), granularity);
  }
}

/** The start of the bucket of a number of days ago; 0 if the number is undefined. */
function daysBefore(nowMs: number, days: number | undefined, granularity: Granularity): number {
  if (days === undefined) return 0;
  return bucketStart(nowMs - days * GRANULARITY_SECONDS.ONE_DAY * 1000, granularity);
}
