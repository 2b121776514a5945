import {
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";
import { inTurn, PIECE_CANDLES, piecesOf, storePiece } from "./candle_pieces.ts";
import type { CandleSource } from "./day_placeholders.ts";
import type { CandleRange, KeptCandles } from "./known_candles.ts";
import type { PageSource, PageWork } from "./planner.ts";

export interface ChartPlaceholdersParts {
  readonly source: CandleSource;
  readonly kept: KeptCandles;
  readonly clock: Clock;
  /** The granularities that the exchange has candles of. */
  readonly granularities: readonly Granularity[];
  /** How far back, in days; none if it is 0. */
  readonly days: number;
  /** From when on a product's trades are known, once its live candles are complete; null until then. */
  coveredFrom(productId: ProductId): EpochSeconds | null;
  /** The earliest start of a granularity by its retention. */
  keptFrom(granularity: Granularity): number;
  /** Higher is more wanted, 0 to 9. */
  wanted(productId: ProductId): number;
  /** Whether few pages bring all trades of a product from an instant on. */
  comesSoon(productId: ProductId, from: EpochSeconds): boolean;
  /** Called when more of a product's last days has been stored. */
  onHistory(): void;
  onProblem(productId: ProductId, waitMs: number, error: unknown): void;
}

/** The work left for one product's charts. */
interface Charts {
  readonly backOff: BackOff;
  dueMs: number;
  /** Null before it is known. */
  pieces: Iterator<CandleRange> | null;
  /** One that failed. */
  failed: CandleRange | null;
  /**
   * The number of pieces taken, and the number of first pieces that are the newest of a
   * granularity.
   */
  taken: number;
  newest: number;
  /** Whether pieces were left to trades that come soon. */
  isDeferred: boolean;
}

const RETRY_MS = [30_000, 1_800_000] as const;
/** When to check whether trades that were expected soon have come. */
const SOON_MS = 120_000;
/** The newest pages are urgent; older ones wait for what completes the live day. */
const OLDER_VALUE = 8;

/**
 * Gives every product's charts a past from the exchange's candles, where pages of trades do not reach soon: the last
 * days, and at least one page of every granularity. Requested ranges are recorded in the database.
 */
export class ChartPlaceholders implements PageSource {
  readonly #parts: ChartPlaceholdersParts;
  readonly #charts = new Map<ProductId, Charts>();

  constructor(parts: ChartPlaceholdersParts) {
    this.#parts = parts;
  }

  next(productId: ProductId, nowMs: number): PageWork | null {
    const { days, coveredFrom, wanted } = this.#parts;
    const before = days === 0 ? null : coveredFrom(productId);
    if (before === null) return null;
    const charts = this.#of(productId, nowMs);
    const { dueMs, pieces, taken, newest } = charts;
    if (dueMs === Infinity) return null;
    const isNewest = pieces === null || taken < newest;
    return {
      class: isNewest ? "placeholder" : "past",
      value: isNewest ? wanted(productId) : Math.min(wanted(productId), OLDER_VALUE),
      dueMs,
      run: (signal) => this.#step(productId, before, charts, signal),
    };
  }

  /**
   * Forgets a product, so that a product that is followed again starts over with what it missed.
   */
  drop(productId: ProductId): void {
    this.#charts.delete(productId);
  }

  #of(productId: ProductId, nowMs: number): Charts {
    return this.#charts.getOrInsertComputed(productId, () => ({
      backOff: new BackOff(...RETRY_MS, this.#parts.clock),
      dueMs: nowMs,
      pieces: null,
      failed: null,
      taken: 0,
      newest: 0,
      isDeferred: false,
    }));
  }

  /**
   * Fetches one piece. A failure backs off separately, so that it does not hold up the product's
   * trades.
   */
  async #step(
    productId: ProductId,
    before: EpochSeconds,
    charts: Charts,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, kept, clock, onHistory, onProblem } = this.#parts;
    try {
      if (charts.pieces === null) await this.#begin(productId, before, charts);
      const piece = charts.failed = this.#takePiece(productId, before, charts);
      if (piece !== null) await storePiece(piece, source, kept, { signal });
      charts.failed = null;
      charts.backOff.reset();
      charts.dueMs = clock.now();
      if (piece === null) finish(charts, clock.now());
      if (piece === null || charts.taken === charts.newest) onHistory();
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = charts.backOff.nextMs();
      charts.dueMs = clock.now() + waitMs;
      onProblem(productId, waitMs, error);
    }
  }

  async #begin(productId: ProductId, before: EpochSeconds, charts: Charts): Promise<void> {
    const { granularities, kept } = this.#parts;
    const lists: Iterator<CandleRange>[] = [];
    for (const granularity of granularities) {
      const ranges = await kept.missing(this.#rangeOf(productId, granularity, before));
      if (ranges.length > 0) lists.push(piecesOf(ranges));
    }
    charts.pieces = inTurn(lists);
    charts.newest = lists.length;
    charts.taken = 0;
    charts.isDeferred = false;
  }

  #rangeOf(productId: ProductId, granularity: Granularity, before: EpochSeconds): CandleRange {
    const { days, keptFrom } = this.#parts;
    const seconds = GRANULARITY_SECONDS[granularity];
    const end = containingStart(before, granularity);
    const oldest = Math.max(0, before - days * GRANULARITY_SECONDS.ONE_DAY) as EpochSeconds;
    const wanted = Math.min(end - PIECE_CANDLES * seconds, containingStart(oldest, granularity));
    const start = Math.min(
      end,
      Math.max(wanted, Math.ceil(keptFrom(granularity) / seconds) * seconds),
    );
    return { productId, granularity, start: start as EpochSeconds, end };
  }

  /** The next piece that trades do not cover now or soon; null if there is none. */
  #takePiece(productId: ProductId, before: EpochSeconds, charts: Charts): CandleRange | null {
    if (charts.failed !== null) return charts.failed;
    for (;;) {
      const next = charts.pieces?.next();
      if (next === undefined || next.done === true) return null;
      const { start } = next.value;
      charts.taken++;
      if (start < before && !this.#parts.comesSoon(productId, start)) return next.value;
      charts.isDeferred ||= start < before;
    }
  }
}

/** Ends a round: all is done, except for what was left to trades. */
function finish(charts: Charts, nowMs: number): void {
  charts.pieces = null;
  charts.dueMs = charts.isDeferred ? nowMs + SOON_MS : Infinity;
}
