import { GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { KeptCandles } from "../repair/known_candles.ts";
import type { Store } from "../store/store.ts";

/** The exchange's candles that the database has, and what of them was requested. */
export function keptCandles(
  { candles, backfills }: Pick<Store, "candles" | "backfills">,
): KeptCandles {
  return {
    async read({ productId, granularity, start, end }) {
      const missing = await backfills.missing(productId, granularity, { start, end });
      if (missing.length > 0) return null;
      const limit = Math.ceil((end - start) / GRANULARITY_SECONDS[granularity]);
      return await candles.page({ productId, granularity, start, end, limit });
    },
    async keep({ productId, granularity, ...range }, found) {
      await candles.upsert(found);
      await backfills.markCovered(productId, granularity, range);
    },
  };
}
