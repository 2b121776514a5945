import { only } from "../../../methods.ts";
import { answerProduct } from "../../../lib/api/products.ts";
import { preflightResponse } from "../../../lib/http/cross_origin.ts";

/** One product of the catalogue. */
export const handler = only({
  GET: (ctx) => answerProduct(ctx.state.services.catalogue, ctx.req, ctx.params.id ?? ""),

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
