import type { ProductId } from "../candles/product.ts";
import type { Absence } from "../exchange/absence.ts";
import type { Problem } from "../http/problem.ts";

/** The part of the catalogue that knows products, and why others are absent. */
export interface ProductLookup {
  readonly loaded: boolean;
  has(id: ProductId): boolean;
  /** Null, or no such method, where that is unknown. */
  absence?(id: ProductId): Absence | null;
}

const RETRY_AFTER_SECONDS = 5;

/** The answer until the products are known. */
export const CATALOGUE_AWAY: Problem = {
  status: 503,
  title: "The product catalogue is not loaded yet",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

/** The problem with a request for a product; null if the product is known. */
export function unknownProduct(catalogue: ProductLookup, productId: ProductId): Problem | null {
  if (!catalogue.loaded) return CATALOGUE_AWAY;
  if (catalogue.has(productId)) return null;
  return { status: 404, title: "No such product", ...explained(catalogue, productId) };
}

/** Why a product is absent, and what to request in its place, as parts of a problem. */
export function explained(
  catalogue: ProductLookup,
  productId: ProductId,
): Pick<Problem, "detail" | "reason" | "instead"> {
  const absence = catalogue.absence?.(productId) ?? null;
  if (absence === null) return { detail: `${productId} is not followed here.` };
  const { detail, reason, instead } = absence;
  return { detail: `${detail}.`, reason, ...(instead === null ? {} : { instead }) };
}
