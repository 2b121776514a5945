import type { Decimal } from "../../candles/decimal.ts";
import { parseProductId, type ProductId } from "../../candles/product.ts";
import type { CatalogueProduct } from "../../exchange/catalogue_product.ts";
import { INTRADAY, RESOLUTIONS } from "./resolution.ts";

/** The exchange's name in charts. */
export const EXCHANGE = "Coinbase";
/** The one type of symbol there is. */
export const SYMBOL_TYPE = "crypto";

/** What a symbol may look like, for error messages. */
export const SYMBOL_SHAPE = `a product id such as BTC-USD, with or without ${EXCHANGE}: before it`;

const PREFIX = /^coinbase:/i;
/** Charts show no more digits than a double has. */
const MAX_SCALE = 15;
const DEFAULT_SCALE = 2;

/** A product as TradingView's `LibrarySymbolInfo` describes it. */
export interface SymbolInfo {
  readonly name: string;
  readonly ticker: string;
  readonly full_name: string;
  readonly description: string;
  readonly type: string;
  readonly session: string;
  readonly timezone: string;
  readonly exchange: string;
  readonly listed_exchange: string;
  readonly currency_code: string;
  readonly format: string;
  readonly pricescale: number;
  readonly minmov: number;
  readonly has_intraday: boolean;
  readonly intraday_multipliers: readonly string[];
  readonly has_daily: boolean;
  readonly has_weekly_and_monthly: boolean;
  readonly supported_resolutions: readonly string[];
  readonly volume_precision: number;
  readonly data_status: string;
}

/**
 * Reads a symbol as charts write it: a product id in any case, perhaps after the exchange's name.
 * Null for any other text.
 */
export function parseSymbol(text: string): ProductId | null {
  return parseProductId(bareSymbol(text));
}

/** A symbol, or a part of one, in capitals and without the exchange's name. */
export function bareSymbol(text: string): string {
  return text.replace(PREFIX, "").toUpperCase();
}

/** Describes a product for a chart. */
export function symbolInfo(product: CatalogueProduct): SymbolInfo {
  return {
    name: product.id,
    ticker: product.id,
    full_name: `${EXCHANGE}:${product.id}`,
    description: description(product),
    type: SYMBOL_TYPE,
    session: "24x7",
    timezone: "Etc/UTC",
    exchange: EXCHANGE,
    listed_exchange: EXCHANGE,
    currency_code: product.quoteCurrency,
    format: "price",
    ...tick(product),
    has_intraday: true,
    intraday_multipliers: INTRADAY,
    has_daily: true,
    has_weekly_and_monthly: false,
    supported_resolutions: RESOLUTIONS,
    volume_precision: 8,
    data_status: product.status === "online" ? "streaming" : "endofday",
  };
}

/** `Bitcoin / USD`. */
export function description({ baseName, quoteCurrency, status }: CatalogueProduct): string {
  return `${baseName} / ${quoteCurrency}${status === "delisted" ? " (delisted)" : ""}`;
}

/** A price moves by `minmov / pricescale`; without a known increment by the last digit of the price. */
function tick({ quoteIncrement, price }: CatalogueProduct): { pricescale: number; minmov: number } {
  const isUsable = quoteIncrement !== null && quoteIncrement.scale <= MAX_SCALE &&
    typeof quoteIncrement.units === "number" && quoteIncrement.units > 0;
  return isUsable
    ? { pricescale: 10 ** quoteIncrement.scale, minmov: Number(quoteIncrement.units) }
    : { pricescale: 10 ** scaleOf(quoteIncrement ?? price), minmov: 1 };
}

function scaleOf(value: Decimal | null): number {
  return value === null ? DEFAULT_SCALE : Math.min(MAX_SCALE, Math.max(DEFAULT_SCALE, value.scale));
}
