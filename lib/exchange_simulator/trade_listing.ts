import type { Market } from "./market.ts";

const MAX_TRADES = 1000;

/** One request to a listing: epoch seconds, both included, and the most trades wanted. */
export interface ListingQuery {
  readonly start: number;
  readonly end: number;
  readonly limit: number;
}

/** Ids that a product's listing leaves out, both included. */
export interface HiddenTrades {
  readonly product: string;
  readonly fromId: number;
  readonly toId: number;
}

/** REST's listing of trades, and what commands make it leave out. */
export class TradeListing {
  /** The most trades of an answer, whatever was requested. */
  pageLimit = MAX_TRADES;
  /** For how many microseconds a trade is not listed yet. */
  lagMicros = 0;
  readonly #hidden: HiddenTrades[] = [];

  /** Leaves these out from now on; the feed and the truth have them. */
  hide(trades: HiddenTrades): void {
    this.#hidden.push(trades);
  }

  /** Lists again whatever was hidden. */
  showAll(): void {
    this.#hidden.length = 0;
  }

  /** Indexes of the newest trades in a window, newest first. */
  page(market: Market, { start, end, limit }: ListingQuery, nowMicros: number): number[] {
    const most = Math.min(limit, this.pageLimit);
    // The end is an instant, included: of its second only the first microsecond counts.
    const untilMicros = Math.min(end * 1e6, nowMicros - this.lagMicros);
    const indexes: number[] = [];
    for (let i = market.indexAt(untilMicros + 1) - 1; indexes.length < most; i--) {
      if (!market.has(i) || market.micros(i) < start * 1e6) break;
      if (!this.#hides(market, i)) indexes.push(i);
    }
    return indexes;
  }

  #hides(market: Market, index: number): boolean {
    if (this.#hidden.length === 0) return false;
    const id = market.tradeId(index);
    return this.#hidden.some(({ product, fromId, toId }) =>
      product === market.profile.productId && id >= fromId && id <= toId
    );
  }
}
