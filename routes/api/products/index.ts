import { define } from "../../../app.ts";
import { answerProducts } from "../../../lib/api/products.ts";

/** The catalogue with 24 hours' statistics. */
export const handler = define.handlers({
  GET: (ctx) => answerProducts(ctx.state.services.catalogue, ctx.req),
});
