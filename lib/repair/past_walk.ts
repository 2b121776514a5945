import { type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { liveClass } from "./live_walk.ts";
import type { PageSource, PageWork } from "./planner.ts";
import type { PastParts } from "./past_parts.ts";
import { ProductPast } from "./product_past.ts";
import type { Doubt } from "./restore.ts";

/** Figures of the past that is still to be proven. */
export interface PastCounts {
  /** Stretches older than memory that are in doubt, without those whose trades are not shown now. */
  readonly doubtful: number;
  /** Products whose past does not reach the horizon yet. */
  readonly products: number;
  /** Days of products that are not proven yet. */
  readonly daysLeft: number;
  /** The pages and the time that this takes, at the recent rate; null while unknown. */
  readonly pagesLeft: number | null;
  readonly secondsLeft: number | null;
  /** The number of those products of which the exchange shows no older trades. */
  readonly hidden: number;
  /** Stretches in doubt whose trades are not shown now. */
  readonly unshown: number;
}

export interface PastWalkParts extends PastParts {
  /** Higher for products with viewers, 0 to 9. */
  wanted(productId: ProductId): number;
  /** A page of a product is wanted. */
  wake(productId: ProductId): void;
  /** A product has too many waiting stretches: some are left out until the next start. */
  onOverflow(productId: ProductId, waiting: number): void;
}

/** Most products with an offered page, so that memory is bounded. */
const MAX_OFFERS = 200;
/** What completes the live day goes before all that is older. */
const LIVE_DAY_VALUE = 9;

/** The weight of one page in the smoothed rate. */
const SMOOTHING = 0.05;

/** The past of all products, older than the minutes in memory: a source of pages, one product's at a time. */
export class PastWalk implements PageSource {
  readonly #parts: PastWalkParts;
  readonly #products = new Map<ProductId, ProductPast>();
  #lastPageMs: number | null = null;
  #msPerPage: number | null = null;

  constructor(parts: PastWalkParts) {
    this.#parts = parts;
  }

  get counts(): PastCounts {
    const pasts = [...this.#products.values()];
    const descents = pasts.map(({ descent }) => descent);
    const behind = descents.filter(({ secondsLeft }) => secondsLeft > 0);
    const perPage = descents.map(({ secondsPerPage }) => secondsPerPage)
      .filter((one) => one !== null);
    const usual = perPage.length === 0
      ? null
      : perPage.reduce((sum, seconds) => sum + seconds, 0) / perPage.length;
    let pagesLeft: number | null = 0;
    for (const { secondsLeft, secondsPerPage } of behind) {
      const seconds = secondsPerPage || usual;
      pagesLeft = seconds && pagesLeft !== null
        ? pagesLeft + Math.ceil(secondsLeft / seconds)
        : null;
    }
    const msPerPage = this.#msPerPage;
    return {
      doubtful: pasts.reduce((sum, { doubts }) => sum + doubts.waiting, 0),
      products: behind.length,
      daysLeft: behind.reduce((sum, { secondsLeft }) => sum + secondsLeft, 0) /
        GRANULARITY_SECONDS.ONE_DAY,
      pagesLeft,
      secondsLeft: pagesLeft === 0
        ? 0
        : pagesLeft === null || msPerPage === null
        ? null
        : Math.round(pagesLeft * msPerPage / 1000),
      hidden: behind.filter(({ isHidden }) => isHidden).length,
      unshown: pasts.reduce((sum, { doubts }) => sum + doubts.unshown, 0),
    };
  }

  /** Walks the past of a product from now on. May be repeated. */
  enqueue(productId: ProductId): void {
    this.#of(productId);
  }

  /** A stretch of a product may not be proven. */
  add({ productId, fromMs, toMs }: Doubt): void {
    const { doubts } = this.#of(productId);
    if (!doubts.add({ fromMs, toMs })) this.#parts.onOverflow(productId, doubts.waiting);
    this.#parts.wake(productId);
  }

  /**
   * Offers consecutive trades of a page, ascending, that memory does not hold: they may be the next ones of the
   * product's past, which saves a request.
   */
  offer(productId: ProductId, trades: readonly Trade[]): void {
    let offers = 0;
    for (const { descent } of this.#products.values()) {
      descent.forgetOffer(this.#parts.clock.now());
      if (descent.hasOffer) offers++;
    }
    if (offers < MAX_OFFERS) this.#products.get(productId)?.descent.offer(trades);
  }

  /** Whether all trades of a product from an instant on (epoch seconds) are known, or come with few pages. */
  comesSoon(productId: ProductId, from: EpochSeconds): boolean {
    return this.#products.get(productId)?.descent.comesSoon(from) === true;
  }

  drop(productId: ProductId): void {
    this.#products.delete(productId);
  }

  next(productId: ProductId, _nowMs: number): PageWork | null {
    const past = this.#products.get(productId);
    const dueMs = past?.dueMs ?? null;
    if (past === undefined || dueMs === null) return null;
    return {
      ...this.#urgencyOf(past, productId),
      dueMs,
      run: (signal) => this.#step(past, signal),
    };
  }

  /** Few pages that complete a live day come before ends, but after all first pages. */
  #urgencyOf(
    { doubts, descent }: ProductPast,
    productId: ProductId,
  ): Pick<PageWork, "class" | "value"> {
    const wanted = this.#parts.wanted(productId);
    const { hasOffer, ofLiveDay } = descent;
    // An offered page costs no request.
    if (hasOffer) return { class: "live", value: LIVE_DAY_VALUE };
    if (ofLiveDay === "soon" && doubts.isEmpty) return { class: liveClass(wanted), value: 0 };
    if (ofLiveDay !== null) return { class: "past", value: LIVE_DAY_VALUE };
    return { class: "past", value: Math.min(wanted, LIVE_DAY_VALUE - 1) };
  }

  async #step(past: ProductPast, signal: AbortSignal): Promise<void> {
    await past.step(signal);
    const now = this.#parts.clock.now();
    if (this.#lastPageMs !== null) {
      const ms = now - this.#lastPageMs;
      this.#msPerPage = this.#msPerPage === null
        ? ms
        : this.#msPerPage + SMOOTHING * (ms - this.#msPerPage);
    }
    this.#lastPageMs = now;
  }

  #of(productId: ProductId): ProductPast {
    return this.#products.getOrInsertComputed(productId, () => {
      return new ProductPast(productId, this.#parts);
    });
  }
}
