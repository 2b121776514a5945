import { epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProvenStart } from "../repair/restore.ts";
import type { ProvenStart as StoredProvenStart, StoredProduct } from "../store/product_store.ts";

type StoredStart = Pick<
  StoredProduct,
  "productId" | "provenFrom" | "publishedFromMs" | "pastHiddenUntilMs"
>;

/** Where each product's proven past begins, by the database; products without one are absent. */
export function provenStarts(
  stored: readonly StoredStart[],
  productIds: readonly ProductId[],
): Map<ProductId, ProvenStart> {
  const wanted = new Set(productIds);
  const starts = new Map<ProductId, ProvenStart>();
  for (const { productId, provenFrom, publishedFromMs, pastHiddenUntilMs } of stored) {
    if (provenFrom === null || !wanted.has(productId)) continue;
    const published = publishedFromMs === null ? {} : { publishedFrom: secondsOf(publishedFromMs) };
    const from = secondsOf(provenFrom.timeMs);
    const hidden = pastHiddenUntilMs === null ? {} : { hiddenUntilMs: pastHiddenUntilMs };
    starts.set(productId, { from, tradeId: provenFrom.tradeId || null, ...published, ...hidden });
  }
  return starts;
}

/** A proven start as `ProductStore.setProven` takes it; there is no trade 0. */
export function storedStart(
  { from, tradeId, publishedFrom, hiddenUntilMs }: ProvenStart,
): {
  readonly from: StoredProvenStart;
  readonly publishedFromMs?: number;
  readonly pastHiddenUntilMs?: number;
} {
  return {
    from: { tradeId: tradeId ?? 0, timeMs: from * 1000 },
    ...publishedFrom !== undefined && { publishedFromMs: publishedFrom * 1000 },
    ...hiddenUntilMs && { pastHiddenUntilMs: Math.trunc(hiddenUntilMs) },
  };
}

function secondsOf(ms: number) {
  return epochSeconds(Math.floor(ms / 1000));
}
