import type { Decimal } from "../candles/decimal.ts";
import type { ProductId } from "../candles/product.ts";

/** A product as the exchange describes it. A number it leaves empty is null. */
export interface ExchangeProduct {
  readonly productId: ProductId;
  readonly price: Decimal | null;
  /** Percent over the last 24 hours; may be negative. */
  readonly priceChange24h: Decimal | null;
  /** In the base currency. */
  readonly volume24h: Decimal | null;
  /** In the quote currency, approximately. */
  readonly quoteVolume24h: Decimal | null;
  readonly baseIncrement: Decimal | null;
  readonly quoteIncrement: Decimal | null;
  readonly baseName: string;
  readonly quoteName: string;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  /** `online` for what can be traded. */
  readonly status: string;
  readonly tradingDisabled: boolean;
  readonly isDisabled: boolean;
  readonly viewOnly: boolean;
  /** The product whose order book this one really has. */
  readonly alias: ProductId | null;
  /** The products that have this one's order book. */
  readonly aliasTo: readonly ProductId[];
}
