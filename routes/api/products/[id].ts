import { only, preflight } from "../../../methods.ts";
import { answerProduct } from "../../../lib/api/products.ts";

export const handler = only({
  GET: (ctx) => answerProduct(ctx.state.services, ctx.req, ctx.params.id ?? ""),
  OPTIONS: preflight,
});
