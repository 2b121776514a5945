import { only, preflight } from "../../methods.ts";
import { answerUdfSearch } from "../../lib/api/udf/catalogue.ts";

/** Symbols that match, for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services }, req }) => answerUdfSearch(services.catalogue, req),
  OPTIONS: preflight,
});
