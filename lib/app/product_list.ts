import type { ProductId } from "../candles/product.ts";
import { catalogueEntry, type CatalogueProduct } from "../exchange/catalogue_product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { isTrading } from "./absent_products.ts";

/**
 * The catalogue for a new list of the exchange: the followed products in their current state, and
 * those known before as offline or, if the exchange no longer lists them, as delisted. A product
 * that trades but is not followed is left out.
 */
export function productList(
  listed: readonly ExchangeProduct[],
  followed: readonly ProductId[],
  known: readonly CatalogueProduct[],
): CatalogueProduct[] {
  const byId = new Map(listed.map((product) => [product.productId, product]));
  const entries = new Map<ProductId, CatalogueProduct>();
  for (const id of followed) {
    const product = byId.get(id);
    if (product !== undefined) entries.set(id, catalogueEntry(product, "online"));
  }
  for (const product of known) {
    if (entries.has(product.id)) continue;
    const now = byId.get(product.id);
    // The exchange still lists some of what it has delisted.
    if (now === undefined || now.status === "delisted") {
      entries.set(product.id, { ...product, status: "delisted" });
    } else if (!isTrading(now)) entries.set(product.id, catalogueEntry(now, "offline"));
  }
  return [...entries.values()];
}
