import { only, preflight } from "../../methods.ts";
import { answerUdfSymbolInfo } from "../../lib/api/udf/catalogue.ts";

/** All symbols as a table, for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services }, req }) => answerUdfSymbolInfo(services.catalogue, req),
  OPTIONS: preflight,
});
