import type { EpochSeconds } from "../../lib/candles/granularity.ts";
import type { ProductId } from "../../lib/candles/product.ts";

/** Which page of `/api/candles` a link is to. */
export interface CandleLink {
  readonly productId: ProductId;
  /** One that is stored, or a multiple. */
  readonly granularity: string;
  readonly start?: EpochSeconds;
  /** Exclusive. */
  readonly end?: EpochSeconds;
  readonly limit: number;
}

/** The path and query of a page of history. */
export function candleLink({ productId, granularity, start, end, limit }: CandleLink): string {
  const query = new URLSearchParams({ product: productId, granularity });
  if (start !== undefined) query.set("start", `${start}`);
  if (end !== undefined) query.set("end", `${end}`);
  query.set("limit", `${limit}`);
  return `/api/candles?${query}`;
}
