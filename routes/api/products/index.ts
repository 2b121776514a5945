import { only } from "../../../methods.ts";
import { answerProducts } from "../../../lib/api/products.ts";
import { preflightResponse } from "../../../lib/http/cross_origin.ts";

/** The catalogue with 24 hours' statistics. */
export const handler = only({
  GET: (ctx) => answerProducts(ctx.state.services.catalogue, ctx.req),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
