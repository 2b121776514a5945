import { only, preflight } from "../../methods.ts";
import { answerUdfTime } from "../../lib/api/udf/catalogue.ts";

/** The server's time for TradingView's charts. */
export const handler = only({
  GET: () => answerUdfTime(Math.floor(Date.now() / 1000)),
  OPTIONS: preflight,
});
