import { GRANULARITIES, type Granularity } from "../lib/candles/granularity.ts";
import type { ProductId } from "../lib/candles/product.ts";
import type { Agreement, BackfillStore, StartRange } from "../lib/store/backfill_store.ts";

/** Where a granularity's candles are not the merge of a smaller one's. */
export interface Disagreement extends Agreement {
  readonly productId: ProductId;
  readonly larger: Granularity;
  readonly smaller: Granularity;
}

/**
 * Compares every granularity with the next smaller one of those given, product by product. Returns how many candles
 * were compared, and where they differ.
 */
export async function compareGranularities(
  productIds: readonly ProductId[],
  granularities: readonly Granularity[],
  range: StartRange,
  store: Pick<BackfillStore, "agreement">,
  signal: AbortSignal,
): Promise<{ readonly compared: number; readonly disagreements: readonly Disagreement[] }> {
  const ascending = GRANULARITIES.filter((granularity) => granularities.includes(granularity));
  const disagreements: Disagreement[] = [];
  let compared = 0;
  for (const productId of productIds) {
    for (const [index, larger] of ascending.entries()) {
      const smaller = ascending[index - 1];
      if (smaller === undefined || signal.aborted) continue;
      const agreement = await store.agreement(productId, larger, smaller, range);
      compared += agreement.compared;
      if (agreement.different > 0) disagreements.push({ productId, larger, smaller, ...agreement });
    }
  }
  return { compared, disagreements };
}
