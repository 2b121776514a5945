import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { MAX_TRADES, type TradeSource, type Urgency } from "../exchange/trade_source.ts";

/** A stretch of a product's trades as the exchange lists it. */
export interface TradeListing {
  /** Ascending by id, without repetition. */
  readonly trades: readonly Trade[];
  /**
   * The oldest trade from which on the listing is unbroken: two neighbours at or after it had no trade between them.
   * Infinity if nothing was listed.
   */
  readonly unbrokenFromId: number;
  /** False where more trades fell into one second than one answer holds, or too many pages were needed. */
  readonly complete: boolean;
}

/**
 * Lists a product's trades from `startMs` to `endMs` (both included and rounded outwards to seconds), paging back in
 * time until the trade `downToId`, the start or `maxTrades` is reached. Rejects with what the source rejects with.
 */
export async function listTrades(
  productId: ProductId,
  source: TradeSource,
  range: { startMs: number; endMs: number; downToId: number; maxTrades: number },
  urgency: Urgency,
): Promise<TradeListing> {
  const start = Math.floor(range.startMs / 1000) - 1;
  let end = Math.ceil(range.endMs / 1000) + 1;
  const byId = new Map<number, Trade>();
  let unbrokenFromId = Infinity;
  for (;;) {
    const { trades, unreadable } = await source.trades(productId, {
      start,
      end,
      limit: MAX_TRADES,
      ...urgency,
    });
    const oldest = trades[0];
    const newest = trades[trades.length - 1];
    if (oldest === undefined || newest === undefined) {
      return listing(byId, unbrokenFromId, unreadable === 0);
    }
    // Pages overlap by the second they share; if they do not meet, only the newer part is unbroken.
    const meets = unbrokenFromId === Infinity || newest.tradeId >= unbrokenFromId - 1;
    for (const trade of trades) byId.set(trade.tradeId, trade);
    // Where rows were left out, neighbours are none.
    if (unreadable > 0) unbrokenFromId = newest.tradeId;
    else if (meets) unbrokenFromId = Math.min(unbrokenFromId, oldest.tradeId);
    if (oldest.tradeId <= range.downToId || trades.length < MAX_TRADES) {
      return listing(byId, unbrokenFromId, meets);
    }
    const nextEnd = Math.floor(oldest.timeMs / 1000) + 1;
    if (nextEnd >= end || nextEnd <= start || byId.size >= range.maxTrades) {
      return listing(byId, unbrokenFromId, false);
    }
    end = nextEnd;
  }
}

function listing(
  byId: ReadonlyMap<number, Trade>,
  unbrokenFromId: number,
  complete: boolean,
): TradeListing {
  const trades = [...byId.values()].sort((a, b) => a.tradeId - b.tradeId);
  return { trades, unbrokenFromId, complete };
}
