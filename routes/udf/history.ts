import { only, preflight } from "../../methods.ts";
import { answerUdfHistory } from "../../lib/api/udf/history.ts";

/** Bars for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services, requester }, req }) =>
    answerUdfHistory(services, req, Math.floor(Date.now() / 1000), requester),
  OPTIONS: preflight,
});
