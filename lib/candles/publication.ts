import type { Bucket, Coverage } from "./buckets.ts";
import { type Candle, candleOf, sameValues } from "./candle.ts";
import { bucketEnd, type Granularity, GRANULARITY_SECONDS } from "./granularity.ts";
import type { ProductId } from "./product.ts";

/**
 * Whether a bucket's values cover its whole stretch, and come from more than the exchange's candle.
 */
export function isPublishable(
  granularity: Granularity,
  bucket: Bucket,
  coverage: Coverage,
): boolean {
  if (granularity === "ONE_MINUTE") {
    return !bucket.pinned || bucket.merge !== null && !bucket.partial;
  }
  // The exchange's candle is published only if it corrects what was published before.
  if (bucket.pinned && bucket.start < coverage.tradesFrom) return bucket.published !== null;
  return bucket.start >= coverage.coveredFrom;
}

/**
 * The next revision of a closed bucket, which then counts as published; null if what was published
 * is still right or final, or the bucket is not publishable.
 */
export function publish(
  productId: ProductId,
  granularity: Granularity,
  bucket: Bucket,
  coverage: Coverage,
): Candle | null {
  const { values, exact, published, start } = bucket;
  if (values === null || !isPublishable(granularity, bucket, coverage)) return null;
  if (published !== null && published.outdone !== true) {
    if (published.exact) return null;
    if (published.exact === exact && sameValues(published.values, values)) return null;
  }
  const revision = published === null ? 0 : published.revision + 1;
  bucket.published = { values, exact, revision };
  bucket.given = values;
  return candleOf(productId, granularity, start, values, { isComplete: true, exact, revision });
}

/** The order of publishing: by end, then by length. */
export function byEndThenLength(a: Candle, b: Candle): number {
  return bucketEnd(a.start, a.granularity) - bucketEnd(b.start, b.granularity) ||
    GRANULARITY_SECONDS[a.granularity] - GRANULARITY_SECONDS[b.granularity];
}
