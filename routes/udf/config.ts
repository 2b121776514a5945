import { only } from "../../methods.ts";
import { answerUdfConfig } from "../../lib/api/udf/catalogue.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** The configuration, which TradingView's charts request first. */
export const handler = only({
  GET: ({ req }) => answerUdfConfig(req),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
