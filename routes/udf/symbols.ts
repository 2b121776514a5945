import { only, preflight } from "../../methods.ts";
import { answerUdfSymbol } from "../../lib/api/udf/catalogue.ts";

/** One symbol for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services }, req }) => answerUdfSymbol(services.catalogue, req),
  OPTIONS: preflight,
});
