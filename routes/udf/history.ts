import { only } from "../../methods.ts";
import { answerUdfHistory } from "../../lib/api/udf/history.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** Bars for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services, requester }, req }) =>
    answerUdfHistory(services, req, Math.floor(Date.now() / 1000), requester),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
