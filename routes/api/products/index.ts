import { only, preflight } from "../../../methods.ts";
import { answerProducts } from "../../../lib/api/products.ts";

/** The catalogue with 24 hours' statistics. */
export const handler = only({
  GET: (ctx) => answerProducts(ctx.state.services.catalogue, ctx.req),
  OPTIONS: preflight,
});
