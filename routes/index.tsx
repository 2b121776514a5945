import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../app.ts";
import { only } from "../methods.ts";
import { Connecting } from "../components/site/Connecting.tsx";
import { EmptyState } from "../components/site/EmptyState.tsx";
import { parseMarketOrder } from "../components/market/market_order.ts";
import type { MarketRow } from "../components/market/market_row.ts";
import { screenedRows } from "../components/market/market_rows.ts";
import { parseMarketView } from "../components/market/market_view.ts";
import { MarketCounts } from "../components/market/MarketCounts.tsx";
import { isShown, marketRowsHtml, prepareMarketRows } from "../components/market/MarketRows.tsx";
import { MarketTable } from "../components/market/MarketTable.tsx";
import { parseScreen } from "../components/market/screen.ts";
import { ScreenForm } from "../components/market/ScreenForm.tsx";
import { SearchForm } from "../components/market/SearchForm.tsx";
import { StoreNotice } from "../components/site/StoreNotice.tsx";
import LiveMarket from "../islands/LiveMarket.tsx";

const STREAM = "/stream?products=*&granularities=ONE_MINUTE";

/** The dashboard: every product, complete without script, live with it. */
export default define.page<typeof handler>(function Dashboard({ data }) {
  const { status, loaded, all, rows, view, order, screen, errors } = data;
  if (!loaded) return <Connecting status={status} />;
  return (
    <div class="page">
      <Head>
        <title>Markets · Spot Canvas</title>
      </Head>
      <StoreNotice store={status.store} />
      <div class="market-head">
        <div>
          <h1>Markets</h1>
          <MarketCounts rows={all} isWhole={rows.length === all.length} />
        </div>
        <SearchForm view={view} quotes={quotes(all)} order={order} screen={screen} />
        <LiveMarket view={view} stream={STREAM} />
      </div>
      {all.length > 0 && <ScreenForm screen={screen} order={order} view={view} errors={errors} />}
      {all.length === 0
        ? (
          <EmptyState title="No products are followed">
            <Head>
              <meta http-equiv="refresh" content="30" />
            </Head>
            <p>
              None of the exchange’s products fit the <code>PRODUCTS</code> setting.
            </p>
          </EmptyState>
        )
        : (
          <MarketTable
            rowsHtml={marketRowsHtml(rows, view, screen.columns)}
            order={order}
            view={view}
            screen={screen}
            matches={rows.filter((row) => isShown(row, view)).length}
          />
        )}
    </div>
  );
});

export const handler = only({
  async GET(ctx) {
    const { services } = ctx.state;
    const query = ctx.url.searchParams;
    const order = parseMarketOrder(query);
    const { screen, errors } = parseScreen(query);
    const { all, rows } = await screenedRows(services, screen, order, Date.now());
    await prepareMarketRows(rows, screen.columns);
    return page({
      status: services.status(),
      loaded: services.catalogue.loaded,
      view: parseMarketView(query),
      order,
      screen,
      errors,
      all,
      rows,
    }, { status: errors.length === 0 ? 200 : 400, headers: { "cache-control": "no-cache" } });
  },
});

/** The quote currencies of the products, most traded first. */
function quotes(rows: readonly MarketRow[]): readonly string[] {
  return [...new Set(rows.map(({ product }) => product.quoteCurrency))];
}
