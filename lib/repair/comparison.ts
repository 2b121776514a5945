import { type EpochSeconds, GRANULARITIES, type Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/** Where a granularity's candles are not the merge of a smaller one's. */
export interface Disagreement {
  readonly productId: ProductId;
  readonly larger: Granularity;
  readonly smaller: Granularity;
  readonly compared: number;
  readonly different: number;
  /** Starts of the first few. */
  readonly examples: readonly EpochSeconds[];
}

/** The part of the store that comparing uses. */
export interface ComparisonStore {
  agreement(
    productId: ProductId,
    larger: Granularity,
    smaller: Granularity,
    stretch: { readonly start: EpochSeconds; readonly end: EpochSeconds },
  ): Promise<{
    readonly compared: number;
    readonly different: number;
    readonly examples: readonly EpochSeconds[];
  }>;
}

/**
 * Compares every granularity with the next smaller one of those given, product by product. Returns how many candles
 * were compared, and where they differ.
 */
export async function compareGranularities(
  productIds: readonly ProductId[],
  granularities: readonly Granularity[],
  stretch: { readonly start: EpochSeconds; readonly end: EpochSeconds },
  store: ComparisonStore,
  signal?: AbortSignal,
): Promise<{ readonly compared: number; readonly disagreements: readonly Disagreement[] }> {
  const ascending = GRANULARITIES.filter((granularity) => granularities.includes(granularity));
  const disagreements: Disagreement[] = [];
  let compared = 0;
  for (const productId of productIds) {
    for (const [index, larger] of ascending.entries()) {
      const smaller = ascending[index - 1];
      if (smaller === undefined || signal?.aborted) continue;
      const agreement = await store.agreement(productId, larger, smaller, stretch);
      compared += agreement.compared;
      if (agreement.different > 0) disagreements.push({ productId, larger, smaller, ...agreement });
    }
  }
  return { compared, disagreements };
}
