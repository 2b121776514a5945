import { page } from "fresh";
import { Head } from "fresh/runtime";
import type { CatalogueProduct, Services } from "../app.ts";
import { define } from "../app.ts";
import { only } from "../methods.ts";
import { candleLink } from "../components/chart/candle_link.ts";
import { CandleSvg, DRAWN_CANDLES } from "../components/chart/CandleSvg.tsx";
import { type ComparedCandles, pictureCandles } from "../components/chart/chart_picture.ts";
import type { ChartView } from "../components/chart/chart_view.ts";
import { Connecting } from "../components/site/Connecting.tsx";
import { EmptyState } from "../components/site/EmptyState.tsx";
import { StoreNotice } from "../components/site/StoreNotice.tsx";
import { MAX_CHARTS, trackSizes } from "../components/workspace/grid_sizes.ts";
import { parseWorkspace, plainLayout } from "../components/workspace/workspace_layout.ts";
import { Workspace } from "../components/workspace/Workspace.tsx";
import { WorkspaceForm } from "../components/workspace/WorkspaceForm.tsx";
import { WorkspaceRefusal } from "../components/workspace/WorkspaceRefusal.tsx";
import { chartSource, type TileData } from "../components/workspace/tile_data.ts";
import type { WorkspaceChart } from "../components/workspace/workspace_chart.ts";
import { priceDigits } from "../components/site/price.ts";
import LiveWorkspace from "../islands/LiveWorkspace.tsx";
import { writeCandleRows } from "../lib/browser/candle_rows.ts";
import type { Candle } from "../lib/candles/candle.ts";
import { parseMultiple } from "../lib/candles/multiple.ts";
import type { ProductId } from "../lib/candles/product.ts";
import type { Requester } from "../lib/http/cost_budget.ts";
import { chartCost, readChartCandles } from "../lib/api/chart_candles.ts";
import { explained } from "../lib/api/unknown_product.ts";

const USUAL_CHARTS = 4;
/** The candles of a compared product, which may have traded in more buckets than the chart's own. */
const COMPARED_CANDLES = 150;
/** With more needed, indicators begin within the picture: nine charts may need a day of minutes each. */
const MOST_CANDLES = 600;
/** Fewer where there are many charts, which are smaller; more come when a person scrolls to them. */
const FIRST_CANDLES = { few: 300, many: 180 };
/** Candles of each page to the left. */
const OLDER_CANDLES = 300;

/** One to nine charts in a grid that its address describes: complete without script, live with it. */
export default define.page<typeof handler>(function WorkspacePage({ data }) {
  const { status, view, errors, rest } = data;
  if (errors.length > 0) return <WorkspaceRefusal errors={errors} rest={rest} />;
  if (view === null) return <Connecting status={status} />;
  const { layout, tiles, spare } = view;
  // A copy of each chart: an object that several share is not plain JSON, and the page would need
  // another script to read it.
  const charts = layout.charts.map((chart) => structuredClone(chart));
  const props = { layout: { ...layout, charts }, spare, tiles: tiles.map(({ data }) => data) };
  return (
    <div class="page workspace-page">
      <Head>
        <title>Workspace · Spot Canvas</title>
        <meta
          name="description"
          content="One to nine live charts in a grid, with linked crosshair and range."
        />
        <style
          dangerouslySetInnerHTML={{
            // The page's policy forbids the style attribute in markup; script may set the sizes.
            __html: `.workspace-grid{--columns:${trackSizes(layout.columns)};--rows:${
              trackSizes(layout.rows)
            }}`,
          }}
        />
      </Head>
      <StoreNotice store={status.store} />
      {tiles.length === 0
        ? (
          <EmptyState title="No products are followed" page>
            <p>
              None of the exchange’s products fit the <code>PRODUCTS</code> setting.
            </p>
          </EmptyState>
        )
        : (
          <>
            <div id="workspace">
              <Workspace
                {...props}
                drawings={tiles.map(({ data, candles, compared, view }) =>
                  data.problem === null && candles.length > 0
                    ? (
                      <CandleSvg
                        candles={candles}
                        digits={data.digits}
                        view={view}
                        compared={compared}
                        note=""
                      />
                    )
                    : (
                      <EmptyState title={data.problem === null ? "No candles yet" : "No chart"}>
                        <p>{data.problem ?? "The first one appears with the next trade."}</p>
                      </EmptyState>
                    )
                )}
              />
            </div>
            <WorkspaceForm layout={layout} />
            <LiveWorkspace {...props} />
          </>
        )}
    </div>
  );
});

export const handler = only({
  async GET(ctx) {
    const { services, requester } = ctx.state;
    const status = services.status();
    const { layout: requested, errors } = parseWorkspace(ctx.url.search);
    if (errors.length > 0) {
      return page({ status, view: null, errors, rest: requested }, {
        status: 400,
        headers: { "cache-control": "no-store" },
      });
    }
    const none = { status, errors, rest: null };
    if (!services.catalogue.loaded) {
      return page({ ...none, view: null }, {
        status: 503,
        headers: { "retry-after": "3", "cache-control": "no-store" },
      });
    }
    const online = services.catalogue.all().filter(isOnline).map(({ id }) => id);
    const layout = requested ?? usualLayout(online);
    const limit = layout.charts.length <= 2 ? FIRST_CANDLES.few : FIRST_CANDLES.many;
    // Read before the candles: what closes while the page is sent comes with the stream that starts here.
    const position = services.history.position();
    const tiles = await Promise.all(
      layout.charts.map((chart) => readTile(services, chart, limit, position, requester)),
    );
    const view = { layout, tiles, spare: online.slice(0, MAX_CHARTS) };
    return page({ ...none, view }, { headers: { "cache-control": "no-cache" } });
  },
});

/** The data that a chart begins with, and what its picture is drawn from. */
interface Tile {
  readonly data: TileData;
  readonly candles: readonly Candle[];
  readonly compared: readonly ComparedCandles[];
  readonly view: ChartView;
}

/** Reads what a chart begins with, or the reason why it cannot be shown. */
async function readTile(
  services: Services,
  chart: WorkspaceChart,
  limit: number,
  position: number | null,
  requester: Requester,
): Promise<Tile> {
  const { catalogue, archive, reads } = services;
  const { productId, multiple, view } = chart;
  const product = catalogue.get(productId);
  const nothing = { source: chartSource(chart), digits: 2, rows: "", older: null, position: null };
  if (product === null) {
    const problem = explained(catalogue, productId).detail ?? `There is no ${productId} here.`;
    return { data: { ...nothing, problem }, candles: [], compared: [], view };
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  const shown = pictureCandles(DRAWN_CANDLES, view, multiple.seconds);
  const wish = { productId, multiple, limit: Math.max(limit, Math.min(MOST_CANDLES, shown)) };
  // Undefined while the store is down, which the page reports. A refusal for lack of budget is the whole page's.
  const others = view.compare.filter((id) => catalogue.get(id) !== null)
    .map((id) => ({ productId: id, multiple, limit: COMPARED_CANDLES }));
  const cost = [wish, ...others].reduce((sum, one) => sum + chartCost(archive, one, nowSeconds), 0);
  const [read, ...compared] = await reads.run(
    requester,
    cost,
    () =>
      Promise.all(
        [wish, ...others].map((one) =>
          readChartCandles(archive, one, nowSeconds).catch(() => undefined)
        ),
      ),
  );
  const current = multiple.parts === 1 ? archive.current(productId, multiple.of) : null;
  const candles = read ?? (current === null ? [] : [current]);
  const [oldest] = candles;
  const data = {
    ...nothing,
    digits: priceDigits(product.quoteIncrement, product.price),
    rows: writeCandleRows(candles),
    // Even if there are few: older ones may just be fetched from the exchange.
    older: oldest === undefined ? null : candleLink({
      productId,
      granularity: multiple.name,
      end: oldest.start,
      limit: OLDER_CANDLES,
    }),
    // Without its history a chart has no position, and fetches its candles as soon as they are
    // available.
    position: read === undefined || position === null ? null : `${position}`,
    problem: null,
  };
  return {
    data,
    candles,
    compared: others.map((other, index) => ({ ...other, candles: compared[index] ?? [] })),
    view,
  };
}

function isOnline({ status }: CatalogueProduct): boolean {
  return status === "online";
}

function usualLayout(products: readonly ProductId[]) {
  const minutes = parseMultiple("5m");
  if (minutes === null) throw new TypeError("five minutes are not a granularity");
  return plainLayout(products.slice(0, USUAL_CHARTS), minutes);
}
