import { HttpError, page } from "fresh";
import { define } from "../../app.ts";

export const handler = define.handlers({
  GET(ctx) {
    const product = ctx.params.product ?? "";
    if (product === "BROKEN") throw new Error("broken");
    if (!product.includes("-")) throw new HttpError(404);
    return page({ product });
  },
});

export default define.page<typeof handler>(({ data, url }) => (
  <h1 data-path={url.pathname}>{data.product}</h1>
));
