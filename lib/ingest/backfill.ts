import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import { containingStart, GRANULARITIES, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { estimateOf } from "./exchange_estimate.ts";
import type { TradeSource, Urgency } from "./trade_source.ts";

/** The store's part in backfilling. */
export interface BackfillStore {
  /** How many candles of a key start within a range. */
  count(
    productId: ProductId,
    granularity: Candle["granularity"],
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<number>;
  upsert(candles: readonly Candle[]): Promise<number>;
}

/** One answer's worth of candles: a full chart of each granularity. */
const CHART_CANDLES = 300;

/**
 * Gives a product's charts a past: where the store has next to nothing before `before`, one page of the exchange's
 * candles for each granularity. They are not exact and never replace what was built from trades. Answers how many rows
 * were new.
 */
export async function backfillCharts(
  productId: ProductId,
  before: EpochSeconds,
  source: TradeSource,
  store: BackfillStore,
  urgency: Urgency,
): Promise<number> {
  let written = 0;
  for (const granularity of GRANULARITIES) {
    const end = containingStart(before, granularity);
    const start = end - CHART_CANDLES * GRANULARITY_SECONDS[granularity] as EpochSeconds;
    const held = await store.count(productId, granularity, start, end);
    if (held >= CHART_CANDLES / 2) continue;
    const candles = await source.candles(productId, granularity, start, end, urgency);
    written += await store.upsert(candles.map(estimateOf));
  }
  return written;
}
