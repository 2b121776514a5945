import type { ProductId } from "../candles/product.ts";
import { catalogueEntry, type CatalogueProduct } from "../exchange/catalogue_product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { isTrading } from "./absent_products.ts";

/**
 * What the catalogue has after hearing from the exchange: the followed products as they are now, and those that were
 * known before as offline or, where the exchange does not list them any more, as delisted. A product that trades but
 * is not followed is left out.
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
