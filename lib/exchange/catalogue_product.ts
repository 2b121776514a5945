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
