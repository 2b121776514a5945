import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { TradeSource, Urgency } from "../exchange/trade_source.ts";

/** Enough to reach back to the last known trade unless a gap opened, which is then filled as one. */
const LOOK_TRADES = 100;

/** The exchange's REST answers may lag its feed by the second for which they are cached. */
const LAG_MS = 2000;

/**
 * Asks for the newest trades and merges them. True if the last one known is still the last: nothing was lost, and the
 * end of its minute is proven.
 */
export async function lookAtEnd(
  product: ProductAggregator,
  source: TradeSource,
  urgency: Urgency,
): Promise<boolean> {
  const { trades, answeredAtMs, unreadable } = await source.trades(product.productId, {
    limit: LOOK_TRADES,
    ...urgency,
  });
  for (const trade of trades) product.merge(trade, false);
  const newest = trades[trades.length - 1];
  // One that is left out as unreadable may be newer.
  if (unreadable > 0 || newest === undefined) return false;
  if (newest.tradeId !== product.newest?.to) return false;
  product.proveQuiet(newest.tradeId, answeredAtMs - LAG_MS);
  return true;
}
