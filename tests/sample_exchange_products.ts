import { productId } from "../lib/candles/product.ts";
import type { ExchangeProduct } from "../lib/exchange/exchange_product.ts";

/** A product that the exchange lists, online unless given otherwise. */
export function listed(id: string, other: Partial<ExchangeProduct> = {}): ExchangeProduct {
  return {
    productId: productId(id),
    price: null,
    priceChange24h: null,
    volume24h: null,
    quoteVolume24h: null,
    baseIncrement: null,
    quoteIncrement: null,
    baseName: "A",
    quoteName: "US Dollar",
    baseCurrency: "A",
    quoteCurrency: "USD",
    status: "online",
    tradingDisabled: false,
    isDisabled: false,
    viewOnly: false,
    alias: null,
    aliasTo: [],
    ...other,
  };
}
