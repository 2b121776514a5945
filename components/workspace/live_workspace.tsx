import { hydrate, render } from "preact";
import { writeCandleRows } from "../../lib/browser/candle_rows.ts";
import { reportConnection } from "../../lib/browser/report_connection.ts";
import { fetchChartData } from "../chart/browser/chart_data.ts";
import { followChart } from "../chart/browser/chart_stream.ts";
import { fetchProducts } from "../chart/browser/listed_products.ts";
import { LiveChart } from "../chart/browser/live_chart.ts";
import { keepPrintedLine } from "../site/browser/printed_line.ts";
import { LinkedCharts } from "./browser/linked_charts.ts";
import { SharedThrottle, throttleMs } from "./browser/shared_throttle.ts";
import { TileTurns } from "./browser/tile_turns.ts";
import type { LiveWorkspaceParts } from "./live_workspace_parts.ts";
import type { FindableProduct } from "./product_matches.ts";
import { SavedWorkspaces } from "./saved_workspaces.ts";
import { chartSource } from "./tile_data.ts";
import { Workspace, type WorkspaceProps } from "./Workspace.tsx";

/**
 * Takes over the workspace that the server rendered into `#workspace`, and keeps it live: all its charts share one
 * stream. Returns a function that stops this. Imported lazily: it brings the chart library.
 */
export function showLiveWorkspace(props: WorkspaceProps): () => void {
  const place = document.getElementById("workspace");
  if (place === null) return () => {};
  const linked = new LinkedCharts(props.layout.links);
  const throttle = new SharedThrottle(() => throttleMs(linked.count));
  keepPrintedLine();
  hydrate(<Workspace {...props} live={liveParts(linked, throttle)} />, place);
  return () => {
    render(null, place);
    throttle.close();
  };
}

function liveParts(linked: LinkedCharts, throttle: SharedThrottle): LiveWorkspaceParts {
  let products: Promise<readonly FindableProduct[]> | null = null;
  const turns = new TileTurns();
  return {
    saved: new SavedWorkspaces(() => localStorage),
    turns,
    lead: (chart) => linked.lead(chart),
    link: (links) => linked.links = links,
    open({ productId, multiple, view }, { digits, older, position }, candles, listener) {
      const chart: LiveChart = new LiveChart({
        productId,
        granularity: multiple.of,
        multiple,
        digits,
        candles,
        older,
        base: "",
        view,
        isOneOfMany: true,
        throttle: (draw) => throttle.request(draw),
        listen(heard) {
          let stop = () => {};
          // One request for all: each chart that came later would open the stream again.
          const withdraw = turns.afterAll(() =>
            stop = followChart({
              base: location.origin,
              productId,
              multiple,
              newest: candles.at(-1)?.start ?? null,
              position,
              listener: heard,
              state: reportConnection,
            })
          );
          return () => {
            withdraw();
            stop();
            leave();
          };
        },
      }, {
        ...listener,
        pointed: (time, price) => linked.pointed(chart, time, price),
        moved: (sight) => linked.moved(chart, sight),
      });
      const leave = linked.add(chart, productId);
      return chart;
    },
    async load(chart, signal) {
      const { productId, multiple } = chart;
      const data = await fetchChartData("", productId, multiple, signal);
      return {
        source: chartSource(chart),
        digits: data.digits,
        rows: writeCandleRows(data.candles),
        older: data.next,
        position: data.position,
        problem: null,
      };
    },
    products() {
      products ??= fetchProducts().then(
        (all) => all.filter(({ isDelisted }) => !isDelisted),
        (error) => {
          products = null;
          throw error;
        },
      );
      return products;
    },
  };
}
