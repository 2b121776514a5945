import { define } from "../../../app.ts";
import { answerProduct } from "../../../lib/api/products.ts";

/** One product of the catalogue. */
export const handler = define.handlers({
  GET: (ctx) => answerProduct(ctx.state.services.catalogue, ctx.req, ctx.params.id ?? ""),
});
