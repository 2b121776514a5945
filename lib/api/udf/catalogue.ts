import { z } from "zod";
import type { CatalogueProduct } from "../../exchange/catalogue_product.ts";
import { limit, optional, readQuery, required, word } from "../parameters.ts";
import { jsonResponse, type ProductCatalogue } from "../products.ts";
import { CATALOGUE_AWAY, unknownProduct } from "../unknown_product.ts";
import { udfBadQuery, udfFailure } from "./failure.ts";
import { RESOLUTIONS } from "./resolution.ts";
import {
  bareSymbol,
  description,
  EXCHANGE,
  parseSymbol,
  SYMBOL_SHAPE,
  SYMBOL_TYPE,
  type SymbolInfo,
  symbolInfo,
} from "./symbol.ts";

const DEFAULT_FOUND = 30;
const MAX_FOUND = 1000;
const MAX_QUERY_LENGTH = 64;

/** `symbol` of every request. */
export const SYMBOL = required(parseSymbol, SYMBOL_SHAPE, {
  description: `The symbol: ${SYMBOL_SHAPE}.`,
  example: "BTC-USD",
});

export const SYMBOLS_QUERY = z.object({ symbol: SYMBOL });

export const SEARCH_QUERY = z.object({
  query: optional(
    (text) => text.length <= MAX_QUERY_LENGTH ? text : null,
    `at most ${MAX_QUERY_LENGTH} characters`,
    "",
    { description: "Part of a symbol or of a currency's name; empty finds all.", example: "BTC" },
  ),
  type: optional((text) => text, "", "", {
    description: `Only symbols of this type; there is only ${SYMBOL_TYPE}.`,
    example: SYMBOL_TYPE,
  }),
  exchange: optional((text) => text, "", "", {
    description: `Only symbols of this exchange; there is only ${EXCHANGE}.`,
    example: EXCHANGE,
  }),
  limit: limit(MAX_FOUND, `Most symbols of the answer; ${DEFAULT_FOUND} if not given.`),
});

export const SYMBOL_INFO_QUERY = z.object({
  group: word([EXCHANGE], `The group of symbols: ${EXCHANGE}, the one there is.`),
});

/** What a chart reads first. */
export const UDF_CONFIG = {
  supports_search: true,
  supports_group_request: false,
  supports_marks: false,
  supports_timescale_marks: false,
  supports_time: true,
  exchanges: [{ value: EXCHANGE, name: EXCHANGE, desc: "Coinbase Advanced Trade" }],
  symbols_types: [{ name: "Crypto", value: SYMBOL_TYPE }],
  supported_resolutions: RESOLUTIONS,
} as const;

/** Answers `GET /udf/config`. */
export function answerUdfConfig(http: Request): Response {
  return jsonResponse(http, JSON.stringify(UDF_CONFIG));
}

/** Answers `GET /udf/time`: epoch seconds as text. */
export function answerUdfTime(nowSeconds: number): Response {
  const headers = { "content-type": "text/plain", "cache-control": "no-store" };
  return new Response(`${nowSeconds}`, { headers });
}

/** Answers `GET /udf/symbols`: how a chart shows one product. */
export function answerUdfSymbol(catalogue: ProductCatalogue, http: Request): Response {
  const { values, errors } = readQuery(SYMBOLS_QUERY, new URL(http.url).searchParams);
  if (errors !== null) return udfBadQuery(errors);
  const problem = unknownProduct(catalogue, values.symbol);
  const product = catalogue.get(values.symbol);
  if (problem !== null || product === null) {
    return udfFailure(problem ?? { status: 404, title: "No such product" });
  }
  return jsonResponse(http, JSON.stringify(symbolInfo(product)));
}

/** Answers `GET /udf/search`: symbols that begin with what was typed, then those that contain it; most traded first. */
export function answerUdfSearch(catalogue: ProductCatalogue, http: Request): Response {
  const { values, errors } = readQuery(SEARCH_QUERY, new URL(http.url).searchParams);
  if (errors !== null) return udfBadQuery(errors);
  if (!catalogue.loaded) return udfFailure(CATALOGUE_AWAY);
  const { query, type, exchange } = values;
  const isElsewhere = !isOneOf(type, SYMBOL_TYPE) || !isOneOf(exchange, EXCHANGE);
  const found = isElsewhere ? [] : matching(catalogue.all(), bareSymbol(query));
  const items = found.slice(0, values.limit ?? DEFAULT_FOUND).map((product) => ({
    symbol: product.id,
    ticker: product.id,
    full_name: `${EXCHANGE}:${product.id}`,
    description: description(product),
    exchange: EXCHANGE,
    type: SYMBOL_TYPE,
  }));
  return jsonResponse(http, JSON.stringify(items));
}

/** Answers `GET /udf/symbol_info`: all products as a table, one list for each column. */
export function answerUdfSymbolInfo(catalogue: ProductCatalogue, http: Request): Response {
  const { errors } = readQuery(SYMBOL_INFO_QUERY, new URL(http.url).searchParams);
  if (errors !== null) return udfBadQuery(errors);
  if (!catalogue.loaded) return udfFailure(CATALOGUE_AWAY);
  return jsonResponse(http, JSON.stringify(symbolTable(catalogue.all().map(symbolInfo))));
}

function symbolTable(symbols: readonly SymbolInfo[]) {
  const column = <Key extends keyof SymbolInfo>(key: Key) => symbols.map((symbol) => symbol[key]);
  return {
    symbol: column("name"),
    ticker: column("ticker"),
    description: column("description"),
    "exchange-listed": EXCHANGE,
    "exchange-traded": EXCHANGE,
    type: SYMBOL_TYPE,
    timezone: "Etc/UTC",
    "session-regular": "24x7",
    currency: column("currency_code"),
    pricescale: column("pricescale"),
    minmovement: column("minmov"),
    "has-intraday": true,
    "has-no-volume": false,
    "has-daily": true,
    "has-weekly-and-monthly": false,
    // A list for each symbol, since clients would take the first entry of a single list for the first symbol's.
    "intraday-multipliers": column("intraday_multipliers"),
    "supported-resolutions": column("supported_resolutions"),
    "volume-precision": column("volume_precision"),
  };
}

function matching(products: readonly CatalogueProduct[], text: string): CatalogueProduct[] {
  const begins = (product: CatalogueProduct) => product.id.startsWith(text);
  const contains = ({ id, baseName }: CatalogueProduct) =>
    id.includes(text) || id.replace("-", "").includes(text) ||
    baseName.toUpperCase().includes(text);
  return [
    ...products.filter(begins),
    ...products.filter((product) => !begins(product) && contains(product)),
  ];
}

function isOneOf(wanted: string, there: string): boolean {
  return wanted === "" || wanted.toLowerCase() === there.toLowerCase();
}
