import { only } from "../../methods.ts";
import { answerUdfSymbol } from "../../lib/api/udf/catalogue.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** One symbol for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services }, req }) => answerUdfSymbol(services.catalogue, req),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
