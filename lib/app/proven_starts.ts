import { epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProvenStart } from "../repair/restore.ts";
import type { ProvenEnd, StoredProduct } from "../store/product_store.ts";

/** Where each product's proven past begins, by the database; products without one are absent. */
export function provenStarts(
  stored: readonly Pick<StoredProduct, "productId" | "provenFrom" | "publishedFromMs">[],
  productIds: readonly ProductId[],
): Map<ProductId, ProvenStart> {
  const wanted = new Set(productIds);
  const starts = new Map<ProductId, ProvenStart>();
  for (const { productId, provenFrom, publishedFromMs } of stored) {
    if (provenFrom === null || !wanted.has(productId)) continue;
    const published = publishedFromMs === null ? {} : { publishedFrom: secondsOf(publishedFromMs) };
    const from = secondsOf(provenFrom.timeMs);
    starts.set(productId, { from, tradeId: provenFrom.tradeId || null, ...published });
  }
  return starts;
}

/** A proven start as `ProductStore.setProven` takes it; there is no trade 0. */
export function storedStart(
  { from, tradeId, publishedFrom }: ProvenStart,
): { readonly from: ProvenEnd; readonly publishedFromMs?: number } {
  return {
    from: { tradeId: tradeId ?? 0, timeMs: from * 1000 },
    ...publishedFrom !== undefined && { publishedFromMs: publishedFrom * 1000 },
  };
}

function secondsOf(ms: number) {
  return epochSeconds(Math.floor(ms / 1000));
}
