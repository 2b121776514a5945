import type { EpochSeconds } from "../candles/granularity.ts";
import { bucketStart, containingStart } from "../candles/granularity.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import { listTrades } from "./trade_pages.ts";
import { MAX_TRADES, type TradeSource, type Urgency } from "../exchange/trade_source.ts";

/** The running minute is looked for no further back than this many trades. */
const MOST_SEED_TRADES = 20_000;

/**
 * Completes a product's running candles with the fewest requests: one for the newest trades (which often covers the
 * hour), then the exchange's candles for what of the day lies before them. Nothing is asked that is known already.
 */
export async function seedRunning(
  product: ProductAggregator,
  source: TradeSource,
  urgency: Urgency,
): Promise<void> {
  const newest = product.newest;
  if (newest === null) return;
  const dayStart = bucketStart(newest.toTimeMs, "ONE_DAY");
  if (product.coverage.coveredFrom <= dayStart) return;
  const minuteStart = bucketStart(newest.toTimeMs, "ONE_MINUTE");
  if (product.coverage.tradesFrom > minuteStart) await seedTrades(product, source, urgency);
  if (product.coverage.coveredFrom > dayStart) await pinBefore(product, dayStart, source, urgency);
}

/** Lets the exchange's candles stand for what of a day lies before the product's first trades, if there are any. */
export async function pinBefore(
  product: ProductAggregator,
  dayStart: EpochSeconds,
  source: TradeSource,
  urgency: Urgency,
): Promise<void> {
  const { tradesFrom } = product.coverage;
  if (!Number.isFinite(tradesFrom)) return;
  const fives = containingStart(tradesFrom as EpochSeconds, "FIVE_MINUTE");
  const [large, small] = await Promise.all([
    fives > dayStart
      ? source.candles(product.productId, "FIVE_MINUTE", dayStart, fives, urgency)
      : [],
    tradesFrom > fives
      ? source.candles(product.productId, "ONE_MINUTE", fives, tradesFrom as EpochSeconds, urgency)
      : [],
  ]);
  product.pin([...large, ...small].map(estimateOf), dayStart);
}

async function seedTrades(
  product: ProductAggregator,
  source: TradeSource,
  urgency: Urgency,
): Promise<void> {
  const { trades } = await source.trades(product.productId, { limit: MAX_TRADES, ...urgency });
  for (const trade of trades) product.merge(trade, false);
  const newest = product.newest;
  const oldest = trades[0];
  if (newest === null || oldest === undefined) return;
  const minuteStartMs = bucketStart(newest.toTimeMs, "ONE_MINUTE") * 1000;
  if (trades.length < MAX_TRADES || oldest.timeMs < minuteStartMs) return;
  const listing = await listTrades(product.productId, source, {
    startMs: minuteStartMs - 1000,
    endMs: oldest.timeMs,
    downToId: 0,
    maxTrades: MOST_SEED_TRADES,
  }, urgency);
  for (const trade of listing.trades) product.merge(trade, false);
}
