import { page } from "fresh";
import { define } from "../../app.ts";

export const handler = define.handlers({
  GET: () => page({ products: ["BTC-USD", "ETH-USD"] }, { headers: { "x-count": "2" } }),
  POST: (ctx) => ctx.redirect("//products/new", 303),
});

export default define.page<typeof handler>(({ data }) => (
  <ul>{data.products.map((product) => <li key={product}>{product}</li>)}</ul>
));
