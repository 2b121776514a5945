import { GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { CandleRange, KeptCandles } from "../repair/known_candles.ts";
import type { Store } from "../store/store.ts";

/** The exchange's candles in the database, and which ranges of them were requested. */
export function keptCandles(
  { candles, backfills }: Pick<Store, "candles" | "backfills">,
): KeptCandles {
  const missing = async ({ productId, granularity, ...range }: CandleRange) =>
    (await backfills.missing(productId, granularity, range)).map((part) => ({
      productId,
      granularity,
      ...part,
    }));
  return {
    missing,
    async read(range) {
      if ((await missing(range)).length > 0) return null;
      const { productId, granularity, start, end } = range;
      const limit = Math.ceil((end - start) / GRANULARITY_SECONDS[granularity]);
      return await candles.page({ productId, granularity, start, end, limit });
    },
    async keep({ productId, granularity, ...range }, found) {
      const written = await candles.upsert(found);
      await backfills.markCovered(productId, granularity, range);
      return written;
    },
  };
}
