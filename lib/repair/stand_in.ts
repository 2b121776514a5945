import { bucketStart, type EpochSeconds } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import type { TradeSource, Urgency } from "../exchange/trade_source.ts";

/**
 * Replaces the minutes that a gap touches by the exchange's candles, marked as inexact. False while some of them have
 * not closed, since only closed minutes can be replaced.
 */
export async function standIn(
  product: ProductAggregator,
  gap: Pick<IdGap, "fromTimeMs" | "toTimeMs">,
  source: TradeSource,
  urgency: Urgency,
): Promise<boolean> {
  const start = Math.max(
    bucketStart(gap.fromTimeMs, "ONE_MINUTE"),
    product.coverage.heldFrom,
  ) as EpochSeconds;
  const after = bucketStart(gap.toTimeMs, "ONE_MINUTE") + 60;
  const end = Math.min(after, product.closedThrough) as EpochSeconds;
  if (end <= start) return false;
  const candles = await source.candles(product.productId, "ONE_MINUTE", start, end, urgency);
  product.replaceByExchange(candles.map(estimateOf));
  return end === after;
}
