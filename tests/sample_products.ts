import { decimal } from "../lib/candles/decimal.ts";
import type { ProductId } from "../lib/candles/product.ts";
import { Catalogue, type CatalogueProduct } from "../lib/exchange/catalogue.ts";

/** A product of the catalogue. */
export function sampleProduct(
  id: ProductId,
  other: Partial<CatalogueProduct> = {},
): CatalogueProduct {
  const [baseCurrency = "", quoteCurrency = ""] = id.split("-");
  return {
    id,
    baseName: baseCurrency,
    baseCurrency,
    quoteCurrency,
    price: null,
    priceChange24h: null,
    volume24h: null,
    quoteVolume24h: null,
    quoteIncrement: null,
    status: "online",
    ...other,
  };
}

/** A catalogue of these products, the first one being the most traded. */
export function catalogueOf(ids: readonly ProductId[]): Catalogue {
  const catalogue = new Catalogue();
  catalogue.set(
    ids.map((id, rank) => sampleProduct(id, { quoteVolume24h: decimal(`${ids.length - rank}`) })),
  );
  return catalogue;
}
