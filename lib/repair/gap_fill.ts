import type { EpochSeconds } from "../candles/granularity.ts";
import { bucketStart } from "../candles/granularity.ts";
import type { IdGap } from "../candles/id_intervals.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import { listTrades, type TradeListing } from "./trade_pages.ts";
import type { TradeSource, Urgency } from "../exchange/trade_source.ts";

/**
 * `filled`: every id obtained or proven never to have existed. `estimated`: the exchange's candles stand in for it.
 * `unfilled`: the exchange does not show the trades, or its candles cannot stand in for them, at least not now. `aged`: what is left of it lies before the
 * minutes that are held in memory.
 */
export type FillOutcome = "filled" | "estimated" | "unfilled" | "aged";

/** Fills one gap over REST and merges what it finds. Rejects with what the source rejects with. */
export async function fillGap(
  product: ProductAggregator,
  gap: IdGap,
  source: TradeSource,
  options: Urgency & { readonly repairMaxTrades: number },
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
    const left = gapsWithin(product, gap);
    if (left.length === 0) return "filled";
    if (left.every((rest) => isAged(product, rest))) return "aged";
    if (listing.complete) return "unfilled";
  }
  if (isAged(product, gap)) return "aged";
  return await estimate(product, gap, source, options) ? "estimated" : "unfilled";
}

function isAged(product: ProductAggregator, gap: IdGap): boolean {
  return gap.fromTimeMs < product.coverage.heldFrom * 1000;
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

/** What is still missing of a gap. */
export function gapsWithin(
  product: ProductAggregator,
  gap: Pick<IdGap, "fromId" | "toId">,
): IdGap[] {
  return product.gaps().filter(({ fromId, toId }) => fromId <= gap.toId && toId >= gap.fromId);
}

/** False where minutes of the gap have not closed yet: only closed ones can be replaced. */
async function estimate(
  product: ProductAggregator,
  gap: IdGap,
  source: TradeSource,
  urgency: Urgency,
): Promise<boolean> {
  const start = bucketStart(gap.fromTimeMs, "ONE_MINUTE");
  const after = bucketStart(gap.toTimeMs, "ONE_MINUTE") + 60;
  const end = Math.min(after, product.closedThrough);
  if (end <= start) return false;
  const candles = await source.candles(
    product.productId,
    "ONE_MINUTE",
    start,
    end as EpochSeconds,
    urgency,
  );
  product.replaceByExchange(candles.map(estimateOf));
  return end === after;
}
