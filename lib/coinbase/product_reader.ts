import { parseDecimal } from "../candles/decimal.ts";
import { parseProductId } from "../candles/product.ts";
import type { ExchangeProduct } from "../exchange/exchange_product.ts";
import { asList, isRecord } from "./json.ts";

/** Reads one row of the product list; null if it is not a spot product. */
export function readProduct(raw: unknown): ExchangeProduct | null {
  if (!isRecord(raw)) return null;
  const productId = parseProductId(raw.product_id);
  if (productId === null) return null;
  const [base = "", quote = ""] = productId.split("-");
  return {
    productId,
    price: parseDecimal(raw.price),
    priceChange24h: parseDecimal(raw.price_percentage_change_24h),
    volume24h: parseDecimal(raw.volume_24h),
    quoteVolume24h: parseDecimal(raw.approximate_quote_24h_volume),
    baseIncrement: parseDecimal(raw.base_increment),
    quoteIncrement: parseDecimal(raw.quote_increment),
    baseName: text(raw.base_name, base),
    quoteName: text(raw.quote_name, quote),
    baseCurrency: text(raw.base_currency_id, base),
    quoteCurrency: text(raw.quote_currency_id, quote),
    status: text(raw.status, ""),
    tradingDisabled: raw.trading_disabled === true,
    isDisabled: raw.is_disabled === true,
    viewOnly: raw.view_only === true,
    alias: parseProductId(raw.alias),
    aliasTo: (asList(raw.alias_to) ?? []).map(parseProductId).filter((id) => id !== null),
  };
}

const MAX_TEXT_LENGTH = 200;

/** Characters removed from names: control characters (PostgreSQL refuses NUL), direction marks, lone surrogates. */
const UNWRITTEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

function text(raw: unknown, otherwise: string): string {
  if (typeof raw !== "string") return otherwise;
  return raw.slice(0, MAX_TEXT_LENGTH).replace(UNWRITTEN, "").trim() || otherwise;
}
