import { only } from "../../../methods.ts";
import { DAY_CANDLES, readPastNews } from "../../../components/chart/past_news.ts";
import { jsonResponse } from "../../../lib/api/products.ts";
import { CATALOGUE_AWAY, unknownProduct } from "../../../lib/api/unknown_product.ts";
import { WHOLE_ROW_COST } from "../../../lib/api/read_limits.ts";
import { MULTIPLE_SHAPE, parseMultiple } from "../../../lib/candles/multiple.ts";
import { parseProductId, PRODUCT_ID_SHAPE } from "../../../lib/candles/product.ts";
import { echoed } from "../../../lib/http/echo.ts";
import { problemResponse } from "../../../lib/http/problem.ts";

const COST = WHOLE_ROW_COST * DAY_CANDLES;

/** What an open page of a product requests beside its stream: changes of stored candles. */
export const handler = only({
  async GET(ctx) {
    const { services, requester } = ctx.state;
    const { catalogue, reads } = services;
    const id = parseProductId(ctx.params.product);
    const requested = ctx.url.searchParams.get("granularity") ?? "";
    const multiple = parseMultiple(requested);
    if (id === null || multiple === null) {
      const product = { parameter: "product", value: ctx.params.product ?? "" };
      const errors = [
        ...id === null ? [{ ...product, allowed: PRODUCT_ID_SHAPE }] : [],
        ...multiple === null
          ? [{ parameter: "granularity", value: requested, allowed: MULTIPLE_SHAPE }]
          : [],
      ].map((error) => ({ ...error, value: echoed(error.value) }));
      return problemResponse({ status: 400, title: "The query cannot be used", errors });
    }
    const product = catalogue.get(id);
    if (product === null) {
      return problemResponse(unknownProduct(catalogue, id) ?? CATALOGUE_AWAY);
    }
    const read = () => readPastNews(services, product, multiple.of, Date.now());
    return jsonResponse(ctx.req, JSON.stringify(await reads.run(requester, COST, read)));
  },
});
