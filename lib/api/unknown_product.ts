import type { ProductId } from "../candles/product.ts";
import type { Absence } from "../exchange/absence.ts";
import type { Problem } from "../http/problem.ts";

/** The catalogue's part in knowing a product, or why there is none. */
export interface ProductLookup {
  readonly loaded: boolean;
  has(id: ProductId): boolean;
  /** Null, or no such method, where that is not known. */
  absence?(id: ProductId): Absence | null;
}

const RETRY_AFTER_SECONDS = 5;

/** The answer until the products are known. */
export const CATALOGUE_AWAY: Problem = {
  status: 503,
  title: "The product catalogue is not loaded yet",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

/** What is wrong with a request for a product; null if nothing is. */
export function unknownProduct(catalogue: ProductLookup, productId: ProductId): Problem | null {
  if (!catalogue.loaded) return CATALOGUE_AWAY;
  if (catalogue.has(productId)) return null;
  return { status: 404, title: "No such product", ...explained(catalogue, productId) };
}

/** Why a product is not here, and what to ask for in its place, as parts of a problem. */
export function explained(
  catalogue: ProductLookup,
  productId: ProductId,
): Pick<Problem, "detail" | "reason" | "instead"> {
  const absence = catalogue.absence?.(productId) ?? null;
  if (absence === null) return { detail: `${productId} is not followed here.` };
  const { detail, reason, instead } = absence;
  return { detail: `${detail}.`, reason, ...(instead === null ? {} : { instead }) };
}
