import type { Decimal } from "../candles/decimal.ts";
import type { ProductId } from "../candles/product.ts";

/** A product as pages and the API see it: the exchange's catalogue entry. Decimals are exact. */
export interface CatalogueProduct {
  readonly id: ProductId;
  /** `Bitcoin`; falls back to the currency code. */
  readonly baseName: string;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly price: Decimal | null;
  /** Percent over 24 hours, as the exchange reports it. */
  readonly priceChange24h: Decimal | null;
  /** In the base currency. */
  readonly volume24h: Decimal | null;
  /** In the quote currency. */
  readonly quoteVolume24h: Decimal | null;
  /** The price's tick, which decides how many digits are shown. */
  readonly quoteIncrement: Decimal | null;
  readonly status: "online" | "delisted" | "offline";
}

/** A product's description from the exchange or the database. */
export interface DescribedProduct extends Omit<CatalogueProduct, "id" | "baseName" | "status"> {
  readonly productId: ProductId;
  readonly baseName: string | null;
}

export function catalogueEntry(
  product: DescribedProduct,
  status: CatalogueProduct["status"],
): CatalogueProduct {
  return {
    id: product.productId,
    baseName: product.baseName ?? product.baseCurrency,
    baseCurrency: product.baseCurrency,
    quoteCurrency: product.quoteCurrency,
    price: product.price,
    priceChange24h: product.priceChange24h,
    volume24h: product.volume24h,
    quoteVolume24h: product.quoteVolume24h,
    quoteIncrement: product.quoteIncrement,
    status,
  };
}
