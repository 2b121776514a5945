import { only } from "../../methods.ts";
import { countSides } from "../../components/market/MarketCounts.tsx";
import { exactSummary } from "../../components/market/ExactSummary.tsx";
import { type MarketNews } from "../../components/market/market_news.ts";
import { parseMarketOrder } from "../../components/market/market_order.ts";
import { screenedRows } from "../../components/market/market_rows.ts";
import {
  prepareMarketRows,
  quietCells,
  referenceText,
} from "../../components/market/MarketRows.tsx";
import { parseScreen } from "../../components/market/screen.ts";
import { jsonResponse } from "../../lib/api/products.ts";
import { CATALOGUE_AWAY } from "../../lib/api/unknown_product.ts";
import { echoed } from "../../lib/http/echo.ts";
import { problemResponse } from "../../lib/http/problem.ts";

/**
 * What an open dashboard requests beside its stream, by its own query: changes of stored candles.
 */
export const handler = only({
  async GET(ctx) {
    const { services } = ctx.state;
    if (!services.catalogue.loaded) return problemResponse(CATALOGUE_AWAY);
    const query = ctx.url.searchParams;
    const { screen, errors } = parseScreen(query);
    if (errors.length > 0) {
      return problemResponse({
        status: 400,
        title: "The query cannot be used",
        errors: errors.map((error) => ({ ...error, value: echoed(error.value) })),
      });
    }
    const order = parseMarketOrder(query);
    const { all, rows } = await screenedRows(services, screen, order, Date.now());
    await prepareMarketRows(rows, screen.columns);
    const news: MarketNews = {
      ...countSides(all),
      exact: exactSummary(all),
      isFilling: all.some(({ exact }) => exact.state === "growing" || exact.since === null),
      rows: rows.map((row) => ({
        id: row.product.id,
        reference: referenceText(row),
        cells: quietCells(row, screen.columns),
      })),
    };
    return jsonResponse(ctx.req, JSON.stringify(news));
  },
});
