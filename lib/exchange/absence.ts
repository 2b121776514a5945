import type { ProductId } from "../candles/product.ts";

/** Why a product has no candles here. */
export type AbsenceReason =
  | "unknown"
  | "alias"
  | "delisted"
  | "offline"
  | "trading_disabled"
  | "disabled"
  | "view_only"
  | "not_followed";

/** A product that is not followed, and why. */
export interface Absence {
  readonly product: ProductId;
  readonly reason: AbsenceReason;
  /** The product to request, or to list in `PRODUCTS`, in its place; null if there is none. */
  readonly instead: ProductId | null;
  /** One sentence for a person, without its full stop. */
  readonly detail: string;
}

/** A product that the exchange does not list. */
export function unknownAbsence(product: ProductId): Absence {
  return {
    product,
    reason: "unknown",
    instead: null,
    detail: `The exchange lists no product ${product}; it may be misspelt or renamed`,
  };
}
