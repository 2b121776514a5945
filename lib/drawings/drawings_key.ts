import type { ProductId } from "../candles/product.ts";

/** Where a browser keeps the drawings of a product. */
export function drawingsKey(productId: ProductId): string {
  return `drawings:${productId}`;
}
