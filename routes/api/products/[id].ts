import { only } from "../../../methods.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { answerProduct } from "../../../lib/api/products.ts";
import { preflightResponse } from "../../../lib/http/cross_origin.ts";

/** One product of the catalogue. */
export const handler = only({
  GET: (ctx) => {
    const { services } = ctx.state;
    const dates = {
      exactSince: (id: ProductId) => services.exactSince(id),
      until: (id: ProductId) => services.auditDates.until(id),
    };
    return answerProduct(services.catalogue, dates, ctx.req, ctx.params.id ?? "");
  },

  OPTIONS: (ctx) =>
    preflightResponse(ctx.req.headers.get("origin"), ctx.state.services.config.corsOrigins),
});
