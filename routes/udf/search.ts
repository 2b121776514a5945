import { only } from "../../methods.ts";
import { answerUdfSearch } from "../../lib/api/udf/catalogue.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

/** Symbols that match, for TradingView's charts. */
export const handler = only({
  GET: ({ state: { services }, req }) => answerUdfSearch(services.catalogue, req),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
