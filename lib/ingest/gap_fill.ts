import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import { bucketStart } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf } from "./exchange_estimate.ts";
import { listTrades, type TradeListing } from "./trade_pages.ts";
import type { TradeSource, Urgency } from "./trade_source.ts";

/**
 * `filled`: every id obtained or proven never to have existed. `estimated`: the exchange's candles stand in for it.
 * `unfilled`: the exchange does not show the trades, at least not now.
 */
export type FillOutcome = "filled" | "estimated" | "unfilled";

/** Fills one gap over REST and merges what it finds. Rejects with what the source rejects with. */
export async function fillGap(
  product: ProductAggregator,
  gap: IdGap,
  source: TradeSource,
  options: Urgency & {
    readonly repairMaxTrades: number;
    readonly onEstimated: (candles: readonly Candle[]) => void;
  },
): Promise<FillOutcome> {
  const missing = gap.toId - gap.fromId + 1;
  if (missing <= options.repairMaxTrades) {
    const listing = await listTrades(product.productId, source, {
      startMs: gap.fromTimeMs,
      endMs: gap.toTimeMs,
      downToId: gap.fromId - 1,
      // Ids may be missing on purpose, and pages overlap: a little more than the gap is enough.
      maxTrades: missing + 4 * 1000,
    }, options);
    for (const trade of listing.trades) product.merge(trade, false);
    bridgeListed(product, gap, listing);
    if (product.has(gap.fromId) && product.has(gap.toId) && !hasGapWithin(product, gap)) {
      return "filled";
    }
    if (listing.complete) return "unfilled";
  }
  await estimate(product, gap, source, options);
  return "estimated";
}

/** Ids between two trades that an unbroken listing shows side by side never existed. */
function bridgeListed(product: ProductAggregator, gap: IdGap, listing: TradeListing): void {
  for (let i = 1; i < listing.trades.length; i++) {
    const before = listing.trades[i - 1]?.tradeId ?? 0;
    const after = listing.trades[i]?.tradeId ?? 0;
    const inGap = before >= gap.fromId - 1 && after <= gap.toId + 1;
    if (inGap && after > before + 1 && before >= listing.unbrokenFromId) {
      product.bridge(before, after);
    }
  }
}

function hasGapWithin(product: ProductAggregator, gap: IdGap): boolean {
  return product.gaps().some(({ fromId, toId }) => fromId <= gap.toId && toId >= gap.fromId);
}

async function estimate(
  product: ProductAggregator,
  gap: IdGap,
  source: TradeSource,
  options: Urgency & { readonly onEstimated: (candles: readonly Candle[]) => void },
): Promise<void> {
  const start = bucketStart(gap.fromTimeMs, "ONE_MINUTE");
  const after = bucketStart(gap.toTimeMs, "ONE_MINUTE") + 60;
  const end = Math.min(after, product.closedThrough);
  if (end <= start) return;
  const candles = await source.candles(
    product.productId,
    "ONE_MINUTE",
    start,
    end as EpochSeconds,
    options,
  );
  const estimates = candles.map(estimateOf);
  product.replaceByExchange(estimates);
  options.onEstimated(estimates);
}
