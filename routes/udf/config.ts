import { only, preflight } from "../../methods.ts";
import { answerUdfConfig } from "../../lib/api/udf/catalogue.ts";

/** The configuration, which TradingView's charts request first. */
export const handler = only({
  GET: ({ req }) => answerUdfConfig(req),
  OPTIONS: preflight,
});
