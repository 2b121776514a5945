import { hydrate, render } from "preact";
import { readCandleRows } from "../../lib/browser/candle_rows.ts";
import type { StreamListener } from "../../lib/browser/candle_stream.ts";
import type { EarlyFrames } from "../../lib/browser/early_frames.ts";
import type { Granularity } from "../../lib/candles/granularity.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import type { ChartView } from "./chart_view.ts";
import { ChartPanel } from "./ChartPanel.tsx";
import { LiveChart } from "./browser/live_chart.ts";
import { LiveCandleTable } from "./LiveCandleTable.tsx";

/** What a page's chart and table are made of, and where more comes from. */
export interface LiveCandlesProps {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest candles, as `writeCandleRows` wrote them. */
  readonly rows: string;
  /** The URL of the page of candles before them; null if there are none. */
  readonly older: string | null;
  readonly stream: string;
  readonly view: ChartView;
}

/**
 * Takes over the chart and the table that the server rendered into `#chart` and `#candles`, and keeps them live.
 * `early` hears the stream for each of the two until it listens itself, some frames after this has returned. Returns how
 * to stop. Imported lazily: it brings the chart library.
 */
export function showLiveCandles(
  props: LiveCandlesProps,
  early: Readonly<Record<"chart" | "table", EarlyFrames>>,
): () => void {
  const { productId, granularity, rows } = props;
  const of = { ...props, candles: readCandleRows(rows, productId, granularity) };
  const listenTo = (frames: EarlyFrames) => (listener: StreamListener) => frames.handTo(listener);
  const chart = { ...of, base: "", listen: listenTo(early.chart) };
  const stops = [
    takeOver("chart", <ChartPanel {...of} open={(listener) => new LiveChart(chart, listener)} />),
    takeOver("candles", <LiveCandleTable {...of} listen={listenTo(early.table)} />),
  ];
  return () => stops.forEach((stop) => stop());
}

function takeOver(id: string, vnode: Parameters<typeof hydrate>[0]): () => void {
  const place = document.getElementById(id);
  if (place === null) return () => {};
  hydrate(vnode, place);
  return () => render(null, place);
}
