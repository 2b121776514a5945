import { only } from "../../methods.ts";
import { answerUdfSymbolInfo } from "../../lib/api/udf/catalogue.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** All symbols as a table, for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services }, req }) => answerUdfSymbolInfo(services.catalogue, req),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
