import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { Trade } from "../candles/trade.ts";
import type { TradesAnswer, TradeSource, TradesQuery } from "../exchange/trade_source.ts";

/** A trade this young may be listed before an older one is. */
const UNSETTLED_MS = 2_000;

/**
 * Requests one page of a product's trades and merges it. Consecutive trades of a page are neighbours: ids between them
 * never existed. Rejects with the source's error.
 */
export async function takePage(
  product: ProductAggregator,
  source: TradeSource,
  query: TradesQuery,
): Promise<TradesAnswer> {
  const page = await source.trades(product.productId, query);
  for (const trade of page.trades) product.merge(trade, false);
  if (page.unreadable === 0) bridgeNeighbours(product, page);
  return page;
}

function bridgeNeighbours(product: ProductAggregator, { trades, answeredAtMs }: TradesAnswer) {
  let before: Trade | null = null;
  for (const trade of trades) {
    if (trade.timeMs > answeredAtMs - UNSETTLED_MS) return;
    if (before !== null) {
      product.precede(before, trade);
      if (trade.tradeId > before.tradeId + 1) product.bridge(before.tradeId, trade.tradeId);
    }
    before = trade;
  }
}
