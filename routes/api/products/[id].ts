import { only } from "../../../methods.ts";
import { answerProduct } from "../../../lib/api/products.ts";
import { preflightResponse } from "../../../lib/http/cross_origin.ts";

/** One product of the catalogue. */
export const handler = only({
  GET: (ctx) => {
    const { catalogue, auditDates } = ctx.state.services;
    return answerProduct(catalogue, auditDates, ctx.req, ctx.params.id ?? "");
  },

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
