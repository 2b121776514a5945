import type { Aggregator } from "../candles/aggregator.ts";
import type { Candle } from "../candles/candle.ts";
import { bucketStart, type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";
import { Audit } from "./audit.ts";
import type { Disagreement } from "./audit_comparison.ts";
import type { AuditStore, KeptDisagreement } from "./audit_store.ts";
import { DayRepair } from "./day_repair.ts";
import { GapBook, type GapKeeper, type KeptGap } from "./gap_book.ts";
import type { FillOutcome } from "./gap_fill.ts";
import { DayPlaceholders } from "./day_placeholders.ts";
import { EndLooks } from "./end_looks.ts";
import { type KeptCandles, KnownCandles } from "./known_candles.ts";
import { LiveWalk } from "./live_walk.ts";
import { Planner } from "./planner.ts";
import type { RepairState } from "./repair_state.ts";
import type { Known, ProvenStart } from "./restore.ts";

/** Where repairs read and remember. */
export interface RepairStore {
  readonly gaps: GapKeeper;
  readonly exchangeCandles: KeptCandles;
  readonly audits: AuditStore;
  /** Resolves true once the database holds all that was published before; false if that takes too long. */
  isCaughtUp(signal: AbortSignal): Promise<boolean>;
  /** Every stored candle of a product that starts within, and the minutes next to them on both sides. */
  around(productId: ProductId, from: EpochSeconds, to: EpochSeconds): Promise<readonly Candle[]>;
  /** Keeps from when on a product is followed. Rejects while the database is away. */
  rememberProven(
    productId: ProductId,
    proven: { readonly tradeId: number; readonly from: EpochSeconds },
  ): Promise<void>;
}

/** What repairs hand over, and tell of. */
export interface RepairEvents {
  /** Something about the product's candles may have changed: publish it. */
  onChanged(product: ProductAggregator): void;
  /** Candles of a day that memory has let go of: publish them. */
  onRepairedDay(productId: ProductId, day: EpochSeconds, candles: readonly Candle[]): void;
  /** Exact candles are not the same as the exchange's own. */
  onDifferent(found: readonly Disagreement[]): void;
  /** Such a difference was asked of the exchange once more. */
  onAskedAgain(found: KeptDisagreement): void;
  onGapOpened(gap: KeptGap): void;
  onGapRepaired(gap: KeptGap): void;
  /** A gap was tried and not filled with trades, for the first time if `isNews`. */
  onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome, isNews: boolean): void;
  onProblem(productId: ProductId, what: string, error: unknown): void;
  /** So many days wait for repair that some are left out until the next start; reported once until none waits. */
  onOverflow(productId: ProductId, waiting: number): void;
}

/** What repairs work with. */
export interface RepairsParts {
  readonly aggregator: Aggregator;
  readonly source: TradeSource;
  readonly repairMaxTrades: number;
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
}

const MOST_UNREPAIRABLE = 10_000;
/** How often gaps that killed processes left open in the database are looked for. */
const SETTLE_MS = 600_000;

/**
 * Everything that completes what the feed alone cannot: live candles at a start, gaps, ends, days that memory has let go
 * of. Whoever makes it closes it.
 */
export class Repairs {
  readonly #parts: RepairsParts;
  readonly #gaps: GapBook;
  readonly #planner: Planner;
  readonly #walk: LiveWalk;
  readonly #ends: EndLooks;
  readonly #placeholders: DayPlaceholders;
  readonly #audit: Audit;
  readonly #followed = new Map<ProductId, Followed>();
  readonly #dayRepair: DayRepair;
  readonly #proven = new Map<ProductId, ProvenStart>();
  /** Gaps whose trades the exchange did not show when asked. */
  readonly #unrepairable = new Set<string>();
  #settleDueMs: number;

  constructor(parts: RepairsParts) {
    const { aggregator, source, repairMaxTrades, store, events, clock } = parts;
    this.#parts = parts;
    this.#settleDueMs = clock.now() + SETTLE_MS;
    this.#gaps = new GapBook(store.gaps, {
      onOpened: (gap) => events.onGapOpened(gap),
      onRepaired: (gap) => {
        this.#unrepairable.delete(nameOf(gap.productId, gap));
        events.onGapRepaired(gap);
      },
    });
    this.#dayRepair = new DayRepair({
      source,
      repairMaxTrades,
      clock,
      isCaughtUp: (signal) => store.isCaughtUp(signal),
      around: (productId, from, to) => store.around(productId, from, to),
      live: (productId) => aggregator.get(productId),
      provenFrom: (productId) => this.#proven.get(productId) ?? null,
      publish: (productId, day, candles) => events.onRepairedDay(productId, day, candles),
      onOverflow: (productId, waiting) => events.onOverflow(productId, waiting),
      onProblem: (productId, what, error) => events.onProblem(productId, what, error),
    });
    const live = {
      source,
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
      onUnfilled: (productId, gap, outcome) => this.#onUnfilled(productId, gap, outcome),
    });
    this.#ends = new EndLooks(live);
    this.#placeholders = new DayPlaceholders({
      ...live,
      source: new KnownCandles(source, store.exchangeCandles),
    });
    this.#audit = new Audit({
      source,
      clock,
      store: store.audits,
      wanted: (productId) => parts.wanted(productId),
      onDifferent: (found) => events.onDifferent(found),
      onAskedAgain: (found) => events.onAskedAgain(found),
      onProblem: (productId, error) =>
        events.onProblem(
          productId,
          "comparing it with the exchange failed and is tried again",
          error,
        ),
    });
    this.#planner = new Planner({
      clock,
      random: parts.random,
      sources: [this.#walk, this.#ends, this.#placeholders, this.#audit],
      onProblem: (productId, waitMs, error) => {
        const seconds = Math.round(waitMs / 1000);
        events.onProblem(productId, `REST failed; it is tried again in ${seconds} s`, error);
      },
    });
  }

  get counts(): RepairState {
    const { clock } = this.#parts;
    const { oldest } = this.#gaps;
    return {
      gapsOpen: this.#gaps.open,
      gapsOpened: this.#gaps.opened,
      gapsRepaired: this.#gaps.repaired,
      gapsUnrepairable: this.#unrepairable.size,
      daysWaiting: this.#dayRepair.waiting,
      unseeded: [...this.#followed.keys()].filter((id) => this.coveredFrom(id) === null).length,
      audit: this.#audit.state,
      pages: this.#planner.wanted,
      oldestGapMs: oldest === null ? null : Math.max(0, clock.wallMs() - oldest.toTimeMs),
    };
  }

  /** Takes what earlier runs left in the database: since when trades are known, and where some are missing. */
  learn({ provenFrom, doubts }: Pick<Known, "provenFrom" | "doubts">): void {
    for (const [productId, start] of provenFrom) {
      const held = this.#proven.get(productId);
      if (held === undefined || start.from < held.from) this.#proven.set(productId, start);
    }
    for (const { productId, fromMs, toMs } of doubts) this.repairDays(productId, fromMs, toMs);
  }

  /** Keeps a product complete from now on; to be called whenever it has changed. */
  enqueue(product: ProductAggregator): void {
    const { productId, gapShape } = product;
    const followed = this.#followed.get(productId);
    if (followed?.shape === gapShape) return;
    if (followed !== undefined) followed.shape = gapShape;
    else {this.#followed.set(productId, {
        product,
        shape: gapShape,
        wanted: this.#parts.wanted(productId),
      });}
    this.#planner.wake(productId);
  }

  /** Messages of the product may have been lost. */
  markSuspect(product: ProductAggregator): void {
    this.#ends.markSuspect(product);
    this.#planner.wake(product.productId);
  }

  /** The feed showed a product's newest trades, `tradeId` being the last, at `sentMs` (the exchange's time). */
  onSnapshot(product: ProductAggregator, tradeId: number, sentMs: number): void {
    this.#ends.onSnapshot(product, tradeId, sentMs);
    this.#planner.wake(product.productId);
  }

  /** A product is no longer followed. */
  drop(productId: ProductId): void {
    this.#followed.delete(productId);
    for (const part of [this.#walk, this.#ends, this.#placeholders, this.#audit]) {
      part.drop(productId);
    }
    this.#planner.drop(productId);
    this.#proven.delete(productId);
  }

  /** Candles of these days (epoch milliseconds) are missing, or not proven. */
  repairDays(productId: ProductId, fromMs: number, toMs: number): void {
    if (this.#parts.aggregator.get(productId) !== null) {
      this.#dayRepair.add(productId, fromMs, toMs);
    }
  }

  /** From when on a product's trades are known, its live candles being complete; null until then. */
  coveredFrom(productId: ProductId): EpochSeconds | null {
    const product = this.#followed.get(productId)?.product;
    if (product === undefined || product.newest === null) return null;
    const { coveredFrom, tradesFrom } = product.coverage;
    if (coveredFrom > bucketStart(product.newest.toTimeMs, "ONE_DAY")) return null;
    return Number.isFinite(tradesFrom) ? epochSeconds(tradesFrom) : null;
  }

  /** A placeholder, the exchange's own candle, gave way to one from trades. */
  onReplaced(placeholder: Candle, candle: Candle): void {
    this.#audit.compare(placeholder, candle);
  }

  /** Compares gaps and proven starts with what the database was told. A database that is away is told later. */
  keepBooks(): void {
    for (const product of this.#parts.aggregator.all()) {
      this.#gaps.look(product);
      this.#rememberProven(product);
    }
    for (const followed of this.#followed.values()) {
      const { product, wanted } = followed;
      followed.wanted = this.#parts.wanted(product.productId);
      const isNews = this.#ends.observe(product) || followed.wanted !== wanted;
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
    await Promise.all([this.#planner.close(), this.#dayRepair.close()]);
    await Promise.all(
      [this.#gaps.write(), this.#audit.write()].map((write) => write.catch(() => {})),
    );
  }

  #onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome): void {
    let isNews = false;
    if (outcome === "estimated" || outcome === "unfilled") {
      const name = nameOf(productId, gap);
      isNews = !this.#unrepairable.has(name);
      if (this.#unrepairable.size < MOST_UNREPAIRABLE) this.#unrepairable.add(name);
    }
    this.#parts.events.onUnfilled(productId, gap, outcome, isNews);
    if (outcome === "aged") this.repairDays(productId, gap.fromTimeMs, gap.toTimeMs);
  }

  /** From when on a product is followed without a break: what a later start may take for complete. */
  #rememberProven(product: ProductAggregator): void {
    const { tradesFrom } = product.coverage;
    if (!Number.isFinite(tradesFrom)) return;
    const { productId } = product;
    const known = this.#proven.get(productId) ?? null;
    if (known !== null && tradesFrom >= known.from) return;
    const from = epochSeconds(tradesFrom);
    const proven = { tradeId: product.lastIdBefore(from), from };
    this.#proven.set(productId, proven);
    this.#parts.store.rememberProven(productId, { ...proven, tradeId: proven.tradeId ?? 0 }).catch(
      () => {
        // To be said again when the database is back.
        if (known === null) this.#proven.delete(productId);
        else this.#proven.set(productId, known);
      },
    );
  }
}

function nameOf(productId: ProductId, { fromId, toId }: Pick<IdGap, "fromId" | "toId">): string {
  return `${productId} ${fromId}-${toId}`;
}
