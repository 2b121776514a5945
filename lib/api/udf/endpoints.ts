import type { Endpoint } from "../endpoints.ts";
import { SEARCH_QUERY, SYMBOL_INFO_QUERY, SYMBOLS_QUERY } from "./catalogue.ts";
import { UDF_HISTORY_QUERY } from "./history.ts";
import { UDF_BARS, UDF_CONFIGURATION, UDF_FOUND, UDF_SYMBOL, UDF_SYMBOL_TABLE } from "./schemas.ts";

/** TradingView's protocol in the API's description. Its client reads `s`, never the status. */
export const UDF_ENDPOINTS: readonly Endpoint[] = [
  {
    path: "/udf/config",
    id: "udfConfig",
    tag: "tradingview",
    summary: "TradingView: what this datafeed can do",
    description:
      "The first request of TradingView's `UDFCompatibleDatafeed`, whose address is that of `/udf` here.",
    query: null,
    inPath: null,
    answers: { "application/json": UDF_CONFIGURATION },
    errors: [429],
    conditional: true,
    example: "/udf/config",
  },
  {
    path: "/udf/symbols",
    id: "udfSymbol",
    tag: "tradingview",
    summary: "TradingView: one symbol",
    description: "How a chart shows a product: its tick, currencies and resolutions.",
    query: SYMBOLS_QUERY,
    inPath: null,
    answers: { "application/json": UDF_SYMBOL },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/udf/symbols?symbol=BTC-USD",
  },
  {
    path: "/udf/search",
    id: "udfSearch",
    tag: "tradingview",
    summary: "TradingView: symbols that match",
    description: "Symbols that begin with the text, then those that contain it; most traded first.",
    query: SEARCH_QUERY,
    inPath: null,
    answers: { "application/json": UDF_FOUND },
    errors: [400, 429, 503],
    conditional: true,
    example: "/udf/search?query=BTC&limit=5",
  },
  {
    path: "/udf/history",
    id: "udfHistory",
    tag: "tradingview",
    summary: "TradingView: bars",
    description:
      "The newest bars of a range as columns, ascending, the live one included. Any resolution that " +
      "`/api/candles` has a granularity for.",
    query: UDF_HISTORY_QUERY,
    inPath: null,
    answers: { "application/json": UDF_BARS },
    errors: [400, 404, 429, 503],
    conditional: true,
    example: "/udf/history?symbol=BTC-USD&resolution=60&countback=3",
  },
  {
    path: "/udf/symbol_info",
    id: "udfSymbolInfo",
    tag: "tradingview",
    summary: "TradingView: all symbols",
    description: "Every product as a table, for clients that search themselves.",
    query: SYMBOL_INFO_QUERY,
    inPath: null,
    answers: { "application/json": UDF_SYMBOL_TABLE },
    errors: [400, 429, 503],
    conditional: true,
    example: "/udf/symbol_info?group=Coinbase",
  },
  {
    path: "/udf/time",
    id: "udfTime",
    tag: "tradingview",
    summary: "TradingView: the server's time",
    description: "Epoch seconds as text.",
    query: null,
    inPath: null,
    answers: { "text/plain": null },
    errors: [429],
    conditional: false,
    example: "/udf/time",
  },
];
