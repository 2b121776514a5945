import { bucketStart, type EpochSeconds } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { Trade } from "../candles/trade.ts";
import { MAX_TRADES, type TradesAnswer, type TradeSource } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";
import type { ListingLag } from "./listing_lag.ts";
import type { PageClass, PageSource, PageWork } from "./planner.ts";
import { standIn } from "./stand_in.ts";
import { takePage } from "./trade_page.ts";
import { continuationOf, placeAtEnd, secondAfter, type WalkPlace } from "./walk_place.ts";

/**
 * `filled`: every id was fetched or proven never to have existed. `estimated`: the exchange's candles are used for it.
 * `unfilled`: the exchange does not show the trades, and its candles cannot be used, at least not now. `aged`: the rest
 * of it is older than the minutes in memory.
 */
export type FillOutcome = "filled" | "estimated" | "unfilled" | "aged";

/** What the sources that complete the candles in memory work with. */
export interface LiveParts {
  readonly source: TradeSource;
  /** Shared by all that read listings. */
  readonly lag: ListingLag;
  readonly clock: Clock;
  /** The aggregator that holds a product's current hours. */
  live(productId: ProductId): ProductAggregator | null;
  /** Higher is more wanted, 0 to 9; 9 for what streams name. */
  wanted(productId: ProductId): number;
  /** The product's candles may have changed: publish them. */
  onChanged(product: ProductAggregator): void;
}

export interface LiveWalkParts extends LiveParts {
  readonly repairMaxTrades: number;
  /** Whether few pages bring all trades of a product from an instant on. */
  comesSoon(productId: ProductId, from: EpochSeconds): boolean;
  /** A page below the oldest run had these consecutive trades, ascending; some are older than the minutes held. */
  onOlder(productId: ProductId, trades: readonly Trade[]): void;
  /** A gap was tried and not filled with trades. */
  onUnfilled(productId: ProductId, gap: IdGap, outcome: FillOutcome): void;
}

const NAMED = 9;
/** Late and reordered messages close most gaps within this time, without a request. */
const SETTLE_MS = 1000;
const RETRY_MIN_MS = 2000;
/** Where the exchange's candles are used only exactness is missing, so retries are rare. */
const ESTIMATED_RETRY_MS = 600_000;
/** How long to wait for a minute to close before its candle of the exchange is used. */
const UNCLOSED_MS = 15_000;
const RETRY_MAX_MS = 3_600_000;
/** How far below the oldest run the trade before it is searched. */
const BOTTOM_MS = 7 * 86_400_000;
/** How many answers without such a trade are needed to conclude that there is none. */
const BOTTOM_ATTEMPTS = 3;
/** A listing may lack trades of its last seconds. */
const LAG_MS = 15_000;
/** How far a page reaches beyond a stretch at first, where the trade after it may never have existed; then twice as far. */
const REACH_S = 60;
const LONGEST_REACH_S = 3600;
/** The first id of the stretch below the oldest run; no trade has id 0. */
const BOTTOM_ID = 0;

/**
 * The walk backwards, as far as minutes are in memory: takes the newest run of trade ids that does not reach the next
 * older one (or the first minute held), requests the page of trades that ends where it begins, and so extends it
 * downwards. A second with more trades than a page shows is skipped: the walk continues below it, and the exchange's
 * candle is used for it.
 */
export class LiveWalk implements PageSource {
  readonly #parts: LiveWalkParts;
  readonly #places = new Map<ProductId, Map<string, WalkPlace>>();
  /** Products of which a page has come. */
  readonly #begun = new Set<ProductId>();

  constructor(parts: LiveWalkParts) {
    this.#parts = parts;
  }

  next(productId: ProductId, nowMs: number): PageWork | null {
    const product = this.#parts.live(productId);
    if (product === null) return null;
    let first: { stretch: IdGap; place: WalkPlace } | null = null;
    for (const [stretch, place] of this.#look(product, nowMs)) {
      const isDue = place.dueMs <= nowMs;
      if (isDue || first === null || place.dueMs < first.place.dueMs) first = { stretch, place };
      if (isDue) break;
    }
    if (first === null) return null;
    const { stretch, place } = first;
    return {
      ...this.#urgencyOf(product, stretch),
      dueMs: place.dueMs,
      run: (signal) => this.#walk(product, stretch, place, signal),
    };
  }

  drop(productId: ProductId): void {
    this.#places.delete(productId);
    this.#begun.delete(productId);
  }

  /** The missing stretches, newest first, with the place in each; closed ones are removed. */
  #look(product: ProductAggregator, nowMs: number): [IdGap, WalkPlace][] {
    const stretches = missingOf(product);
    const held = this.#places.get(product.productId);
    if (stretches.length === 0) {
      this.#places.delete(product.productId);
      return [];
    }
    const found = stretches.map((stretch): [IdGap, WalkPlace] => [
      stretch,
      held?.get(nameOf(stretch)) ??
        placeAtEnd(stretch.fromId === BOTTOM_ID ? nowMs : nowMs + SETTLE_MS),
    ]);
    this.#places.set(
      product.productId,
      new Map(found.map(([stretch, place]) => [nameOf(stretch), place])),
    );
    return found;
  }

  /**
   * A product's first page is urgent, since it makes other requests unnecessary. What follows below the live hour
   * completes only long live candles, and is urgent where few pages do so.
   */
  #urgencyOf(product: ProductAggregator, stretch: IdGap): Pick<PageWork, "class" | "value"> {
    const { productId, newest, coverage } = product;
    const hour = bucketStart(newest?.toTimeMs ?? 0, "ONE_HOUR");
    const wanted = this.#parts.wanted(productId);
    const isPast = stretch.fromId === BOTTOM_ID && coverage.tradesFrom <= hour;
    if (!isPast || !this.#begun.has(productId)) return { class: liveClass(wanted), value: wanted };
    const day = bucketStart(newest?.toTimeMs ?? 0, "ONE_DAY");
    const isSoon = coverage.tradesFrom > day && this.#parts.comesSoon(productId, day);
    return isSoon ? { class: liveClass(wanted), value: 0 } : { class: "past", value: NAMED };
  }

  async #walk(
    product: ProductAggregator,
    stretch: IdGap,
    place: WalkPlace,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, clock, repairMaxTrades, onChanged } = this.#parts;
    const heldMs = product.coverage.heldFrom * 1000;
    const isBottom = stretch.fromId === BOTTOM_ID;
    if (place.isAged || stretch.toTimeMs < heldMs) {
      return this.#rest(product, stretch, place, "aged");
    }
    const isLong = !isBottom && stretch.toId - stretch.fromId >= repairMaxTrades;
    if (isLong && !place.hasStandIns) return await this.#cover(product, stretch, place, signal);
    const endS = place.endS ?? secondAfter(stretch.toTimeMs) + reachOf(product, stretch, place);
    const start = Math.floor(stretch.fromTimeMs / 1000) - 1;
    const query = { start, end: endS, limit: MAX_TRADES, signal };
    const page = await takePage(product, source, query);
    this.#begun.add(product.productId);
    if (isBottom) this.#offerOlder(product, page);
    else if (place.endS === null) this.#observeLag(stretch, page);
    onChanged(product);
    const nowMs = clock.now();
    const taken = { stretch, place, page, endS, heldMs, nowMs };
    for (const [piece, held] of this.#look(product, nowMs)) {
      if (piece.toId < stretch.fromId || piece.fromId > stretch.toId) continue;
      const next = continuationOf(piece, taken);
      if (next.kind === "walk") this.#set(product, piece, next.place);
      else if (next.kind !== "estimate") this.#rest(product, piece, held, next.kind);
      else await this.#estimate(product, piece, held, signal);
    }
  }

  /** The page of a gap's end holds the trade after it, unless the listing lags. */
  #observeLag({ toId, toTimeMs }: IdGap, { trades, unreadable, answeredAtMs }: TradesAnswer): void {
    const newest = trades[trades.length - 1];
    if (unreadable > 0 || (newest !== undefined && newest.tradeId > toId)) return;
    this.#parts.lag.note(answeredAtMs - toTimeMs, this.#parts.clock.now());
  }

  /** Offers the part of a page that is older than the minutes held as the next page of the past. */
  #offerOlder({ productId, coverage }: ProductAggregator, page: TradesAnswer): void {
    const { trades, answeredAtMs, unreadable } = page;
    const settled = trades.filter(({ timeMs }) => timeMs <= answeredAtMs - LAG_MS);
    const isOlder = (settled[0]?.timeMs ?? Infinity) < coverage.heldFrom * 1000;
    if (unreadable === 0 && isOlder) this.#parts.onOlder(productId, settled);
  }

  /** Uses the exchange's candles for a stretch of many trades until the walk through it is done. */
  async #cover(
    product: ProductAggregator,
    gap: IdGap,
    place: WalkPlace,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, onChanged } = this.#parts;
    await standIn(product, gap, source, { signal });
    this.#set(product, gap, { ...place, hasStandIns: true });
    onChanged(product);
  }

  async #estimate(
    product: ProductAggregator,
    gap: IdGap,
    place: WalkPlace,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, clock, onChanged } = this.#parts;
    const isWhole = await standIn(product, gap, source, { signal });
    if (isWhole) this.#rest(product, gap, place, "estimated");
    else this.#set(product, gap, { ...place, isEstimated: true, dueMs: clock.now() + UNCLOSED_MS });
    onChanged(product);
  }

  /** Leaves a stretch for a while, with back-off. */
  #rest(
    product: ProductAggregator,
    stretch: IdGap,
    { attempts: all, isEstimated, hasStandIns }: WalkPlace,
    outcome: "estimated" | "unfilled" | "aged",
  ): void {
    const isBottom = stretch.fromId === BOTTOM_ID;
    // Quick attempts before do not delay the first one after it was estimated.
    const attempts = outcome === "estimated" && !isEstimated ? 0 : all;
    const firstMs = outcome === "unfilled" ? RETRY_MIN_MS : ESTIMATED_RETRY_MS;
    const isOver = isBottom && attempts + 1 >= BOTTOM_ATTEMPTS;
    const waitMs = isOver ? Infinity : Math.min(firstMs * 2 ** attempts, RETRY_MAX_MS);
    this.#set(product, stretch, {
      ...placeAtEnd(this.#parts.clock.now() + waitMs),
      attempts: attempts + 1,
      isEstimated: outcome === "estimated",
      hasStandIns,
      isAged: outcome === "aged" && !isBottom,
    });
    if (!isBottom) this.#parts.onUnfilled(product.productId, stretch, outcome);
  }

  #set({ productId }: ProductAggregator, stretch: IdGap, place: WalkPlace): void {
    this.#places.get(productId)?.set(nameOf(stretch), place);
  }
}

/**
 * How many seconds beyond the end of a stretch its page ends. The trade after it may be known by an id alone, which may
 * never have existed: then a later one has to be shown.
 */
function reachOf(product: ProductAggregator, { toId }: IdGap, { attempts }: WalkPlace): number {
  if (attempts === 0 || toId + 1 !== product.bareId) return 0;
  return Math.min(REACH_S * 2 ** (attempts - 1), LONGEST_REACH_S);
}

/** The class of pages that complete a product's live candles. */
export function liveClass(wanted: number): PageClass {
  return wanted >= NAMED ? "named" : "live";
}

/** The gaps, newest first, and the part of the minutes held below the oldest run. */
function missingOf(product: ProductAggregator): IdGap[] {
  const missing = product.gaps().reverse();
  const { oldest, coverage } = product;
  if (oldest !== null && oldest.from > 1 && coverage.tradesFrom > coverage.heldFrom) {
    missing.push({
      fromId: BOTTOM_ID,
      toId: oldest.from - 1,
      fromTimeMs: oldest.fromTimeMs - BOTTOM_MS,
      toTimeMs: oldest.fromTimeMs,
    });
  }
  return missing;
}

function nameOf({ fromId, toId }: IdGap): string {
  return `${fromId}-${toId}`;
}
