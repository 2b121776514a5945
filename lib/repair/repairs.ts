import type { Aggregator } from "../candles/aggregator.ts";
import type { Candle } from "../candles/candle.ts";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";
import { DayRepair } from "./day_repair.ts";
import { GapBook, type GapKeeper, type KeptGap } from "./gap_book.ts";
import type { FillOutcome } from "./gap_fill.ts";
import { LiveRepair } from "./live_repair.ts";
import type { RepairState } from "./repair_state.ts";
import type { Known, ProvenStart } from "./restore.ts";

/** Where repairs read and remember. */
export interface RepairStore {
  readonly gaps: GapKeeper;
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
  /** Higher for products that streams name, 0 to 9. */
  wanted(productId: ProductId): number;
}

const MOST_UNREPAIRABLE = 10_000;

/**
 * Everything that completes what the feed alone cannot: live candles at a start, gaps, ends, days that memory has let go
 * of. Whoever makes it closes it.
 */
export class Repairs {
  readonly #parts: RepairsParts;
  readonly #gaps: GapBook;
  readonly #liveRepair: LiveRepair;
  readonly #dayRepair: DayRepair;
  readonly #proven = new Map<ProductId, ProvenStart>();
  /** Gaps whose trades the exchange did not show when asked. */
  readonly #unrepairable = new Set<string>();

  constructor(parts: RepairsParts) {
    const { aggregator, source, repairMaxTrades, store, events, clock } = parts;
    this.#parts = parts;
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
    this.#liveRepair = new LiveRepair({
      source,
      repairMaxTrades,
      clock,
      wanted: (productId) => parts.wanted(productId),
      onChanged: (product) => events.onChanged(product),
      onUnfilled: (productId, gap, outcome) => this.#onUnfilled(productId, gap, outcome),
      onProblem: (productId, what, error) => events.onProblem(productId, what, error),
    });
  }

  get counts(): RepairState {
    return {
      gapsOpen: this.#gaps.open,
      gapsOpened: this.#gaps.opened,
      gapsRepaired: this.#gaps.repaired,
      gapsUnrepairable: this.#unrepairable.size,
      daysWaiting: this.#dayRepair.waiting,
      unseeded: this.#liveRepair.unseeded,
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

  /** Keeps a product complete from now on; once is enough. */
  enqueue(product: ProductAggregator): void {
    this.#liveRepair.enqueue(product);
  }

  /** Messages of the product may have been lost. */
  markSuspect(product: ProductAggregator): void {
    this.#liveRepair.markSuspect(product);
  }

  /** A product is no longer followed. */
  drop(productId: ProductId): void {
    this.#liveRepair.drop(productId);
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
    const product = this.#parts.aggregator.get(productId);
    if (product === null || !this.#liveRepair.isSeeded(productId)) return null;
    const { tradesFrom } = product.coverage;
    return Number.isFinite(tradesFrom) ? epochSeconds(tradesFrom) : null;
  }

  /** Compares gaps and proven starts with what the database was told. A database that is away is told later. */
  keepBooks(): void {
    for (const product of this.#parts.aggregator.all()) {
      this.#gaps.look(product);
      this.#rememberProven(product);
    }
    this.#gaps.write().catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.all([this.#liveRepair.close(), this.#dayRepair.close()]);
    await this.#gaps.write().catch(() => {});
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
    const { productId, oldestId } = product;
    const known = this.#proven.get(productId) ?? null;
    if (known !== null && tradesFrom >= known.from) return;
    const proven = { tradeId: oldestId, from: epochSeconds(tradesFrom) };
    this.#proven.set(productId, proven);
    this.#parts.store.rememberProven(productId, { ...proven, tradeId: oldestId ?? 0 }).catch(() => {
      // To be said again when the database is back.
      if (known === null) this.#proven.delete(productId);
      else this.#proven.set(productId, known);
    });
  }
}

function nameOf(productId: ProductId, { fromId, toId }: Pick<IdGap, "fromId" | "toId">): string {
  return `${productId} ${fromId}-${toId}`;
}
