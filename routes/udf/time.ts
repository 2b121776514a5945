import { only } from "../../methods.ts";
import { answerUdfTime } from "../../lib/api/udf/catalogue.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** The server's time for TradingView's charts. */
export const handler = only({
  GET: () => answerUdfTime(Math.floor(Date.now() / 1000)),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
