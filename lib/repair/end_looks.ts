import type { IdInterval } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { LiveParts } from "./live_walk.ts";
import type { PageSource, PageWork } from "./planner.ts";
import { takePage } from "./trade_page.ts";

/** Enough to reach back to the last known trade, unless a gap opened, which is then walked through. */
const LOOK_TRADES = 100;
/** How long after a trade (by the exchange's time) to wait for the next one, which would be proof enough. */
const QUIET_MS = 10_000;
/** Where trades usually come more often than this, the wait is longer, since the next one is likely to come. */
const OFTEN_MS = 60_000;
const OVERDUE_MS = 30_000;
/** The next trade is overdue after this many times the usual interval. */
const OVERDUE_TIMES = 2.5;
/**
 * While the feed loses nothing, it shows that no trade came, so an answer as old as the exchange's
 * cache suffices.
 */
const CACHED_MS = 2_000;
/** A listing may lack trades this young; where a lag was observed, those of a multiple of the lag. */
const LAG_MS = 15_000;
const LAG_TIMES = 2;
const RETRY_MIN_MS = 20_000;
const RETRY_MAX_MS = 600_000;

/** A suspicion that messages of a product were lost, with what was known at the last loss. */
interface Suspicion {
  /** When a listing will show the first. */
  readonly dueMs: number;
  readonly lastMs: number;
  /** The product's event time. */
  readonly timeMs: number;
  readonly newestId: number;
}

interface EndState {
  /** Since when a closed candle waits for the proof of its end; null if none does. */
  awaitsMs: number | null;
  suspicion: Suspicion | null;
  /** The next look is not before this. */
  notBeforeMs: number;
  /** Consecutive looks that proved nothing. */
  fruitless: number;
}

/**
 * Proves that nothing followed a product's newest trade, where a candle closed after it and no trade came since, and
 * where the feed lost messages. The feed's snapshot proves it as well, without a request.
 */
export class EndLooks implements PageSource {
  readonly #parts: LiveParts;
  readonly #states = new Map<ProductId, EndState>();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  next(productId: ProductId): PageWork | null {
    const state = this.#states.get(productId);
    const product = this.#parts.live(productId);
    if (state === undefined || product === null || product.newest === null) return null;
    const { awaitsMs, suspicion, notBeforeMs } = state;
    // The next trade may have come since that was observed.
    if (suspicion === null && (awaitsMs === null || !product.awaitsEnd)) return null;
    const wantedMs = suspicion === null ? awaitsMs ?? 0 : suspicion.dueMs;
    return {
      class: "end",
      value: this.#parts.wanted(productId),
      dueMs: Math.max(wantedMs, notBeforeMs),
      run: (signal) => this.#look(product, state, signal),
    };
  }

  /**
   * Checks whether an end waits to be proven, and whether trades prove that none were lost. True if that has changed.
   */
  observe(product: ProductAggregator): boolean {
    const state = this.#stateOf(product.productId);
    const { awaitsMs, suspicion } = state;
    if (suspicion !== null && isRefuted(suspicion, product)) state.suspicion = null;
    if (!product.awaitsEnd) state.awaitsMs = null;
    else if (isQuiet(product)) state.awaitsMs ??= this.#parts.clock.now();
    if (state.suspicion === null && state.awaitsMs === null) {
      state.fruitless = 0;
      // Earlier looks that proved nothing do not delay what comes now.
      const soonMs = this.#parts.clock.now() + RETRY_MIN_MS;
      state.notBeforeMs = Math.min(state.notBeforeMs, soonMs);
    }
    return state.suspicion !== suspicion || state.awaitsMs !== awaitsMs;
  }

  /** Records that messages of the product may have been lost. */
  markSuspect(product: ProductAggregator): void {
    const state = this.#stateOf(product.productId);
    const lastMs = this.#parts.clock.now();
    state.suspicion = {
      // Further lost messages do not postpone a look.
      dueMs: state.suspicion?.dueMs ?? lastMs + this.#lagMs,
      lastMs,
      timeMs: product.timeMs,
      newestId: product.newest?.to ?? 0,
    };
  }

  /** The feed's snapshot showed that `tradeId` was the newest trade at `sentMs` (the exchange's time). */
  onSnapshot(product: ProductAggregator, tradeId: number, sentMs: number): void {
    if (product.newest?.to !== tradeId) return;
    this.#stateOf(product.productId).suspicion = null;
    product.proveQuiet(tradeId, sentMs - CACHED_MS);
  }

  drop(productId: ProductId): void {
    this.#states.delete(productId);
  }

  /** Length of a listing's end from which nothing is concluded without the feed. */
  get #lagMs(): number {
    return Math.max(LAG_MS, LAG_TIMES * this.#parts.lag.at(this.#parts.clock.now()));
  }

  #stateOf(productId: ProductId): EndState {
    return this.#states.getOrInsertComputed(productId, () => ({
      awaitsMs: null,
      suspicion: null,
      notBeforeMs: -Infinity,
      fruitless: 0,
    }));
  }

  async #look(product: ProductAggregator, state: EndState, signal: AbortSignal): Promise<void> {
    const { source, clock, lag, onChanged } = this.#parts;
    const askedMs = clock.now();
    const known = product.newest;
    const wasIntact = state.suspicion === null;
    const page = await takePage(product, source, { limit: LOOK_TRADES, signal });
    state.notBeforeMs = clock.now() + Math.min(RETRY_MIN_MS * 2 ** state.fruitless, RETRY_MAX_MS);
    state.fruitless++;
    const newest = page.trades[page.trades.length - 1];
    // A row that is left out as unreadable may be newer.
    if (page.unreadable === 0 && newest !== undefined && newest.tradeId === product.newest?.to) {
      const isIntact = wasIntact && state.suspicion === null;
      const lagMs = this.#lagMs;
      product.proveQuiet(newest.tradeId, page.answeredAtMs - (isIntact ? CACHED_MS : lagMs));
      state.suspicion = whatIsLeft(state.suspicion, askedMs, lagMs);
    } else if (known !== null && (newest?.tradeId ?? 0) + page.unreadable < known.to) {
      // More is missing than rows were left out as unreadable.
      lag.note(page.answeredAtMs - known.toTimeMs, clock.now());
    }
    onChanged(product);
    this.observe(product);
  }
}

/** The suspicion that remains after a listing, which may lag, showed no loss at an instant. */
function whatIsLeft(suspicion: Suspicion | null, ms: number, lagMs: number): Suspicion | null {
  if (suspicion === null || suspicion.lastMs <= ms - lagMs) return null;
  return { ...suspicion, dueMs: suspicion.lastMs + lagMs };
}

/** Whether the wait for the next trade is over. */
function isQuiet({ newest, timeMs }: ProductAggregator): boolean {
  return newest !== null && timeMs >= newest.toTimeMs + quietMs(newest);
}

/** How long to wait for the trade after a run. */
function quietMs({ from, to, fromTimeMs, toTimeMs }: IdInterval): number {
  const usualMs = (toTimeMs - fromTimeMs) / (to - from);
  if (!(usualMs <= OFTEN_MS)) return QUIET_MS;
  return Math.min(Math.max(QUIET_MS, OVERDUE_TIMES * usualMs), OVERDUE_MS);
}

/**
 * Whether contiguous ids from before the suspicion to a trade after it show that none were lost.
 */
function isRefuted({ newestId, timeMs }: Suspicion, { newest }: ProductAggregator): boolean {
  return newest !== null && newest.toTimeMs > timeMs && newest.to > newestId &&
    newest.from <= newestId;
}
