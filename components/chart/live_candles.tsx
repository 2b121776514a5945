import { hydrate, render } from "preact";
import { readCandleRows } from "../../lib/browser/candle_rows.ts";
import type { StreamListener } from "../../lib/browser/candle_stream.ts";
import { EarlyFrames } from "../../lib/browser/early_frames.ts";
import type { Multiple } from "../../lib/candles/multiple.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import type { ChartView } from "./chart_view.ts";
import { ChartPanel } from "./ChartPanel.tsx";
import { fetchParts } from "./browser/chart_data.ts";
import { LiveChart } from "./browser/live_chart.ts";
import { PartListener } from "./browser/part_listener.ts";
import { LiveCandleTable } from "./LiveCandleTable.tsx";

/** What a page's chart and table are made of, and where more comes from. */
export interface LiveCandlesProps {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest candles, as `writeCandleRows` wrote them. */
  readonly rows: string;
  /** The URL of the page of candles before them; null if there are none. */
  readonly older: string | null;
  /** Of a multiple's parts. */
  readonly stream: string;
  readonly view: ChartView;
}

/** What keeps the stream's frames for each of the two. */
export type EarlyBoth = Readonly<Record<"chart" | "table", EarlyFrames>>;

/**
 * Takes over the chart and the table that the server rendered into `#chart` and `#candles`, and keeps them live.
 * `early` hears the stream for each of the two until it listens itself, some frames after this has returned. Returns how
 * to stop. Imported lazily: it brings the chart library.
 */
export function showLiveCandles(props: LiveCandlesProps, early: EarlyBoth): () => void {
  const { productId, multiple, rows } = props;
  const candles = readCandleRows(rows, productId, multiple.of);
  const of = { ...props, granularity: multiple.of, candles };
  const { frames, stop } = multiple.parts === 1
    ? { frames: early, stop() {} }
    : merged(props, candles.at(-1)?.start ?? null, early);
  const listenTo = (one: EarlyFrames) => (listener: StreamListener) => one.handTo(listener);
  const chart = { ...of, base: "", listen: listenTo(frames.chart) };
  const stops = [
    takeOver("chart", <ChartPanel {...of} open={(listener) => new LiveChart(chart, listener)} />),
    takeOver("candles", <LiveCandleTable {...of} listen={listenTo(frames.table)} />),
    stop,
  ];
  return () => stops.forEach((one) => one());
}

/** The candles of a multiple, for both, merged out of the parts that the stream brings. */
function merged(
  { productId, multiple }: LiveCandlesProps,
  newest: number | null,
  early: EarlyBoth,
): { readonly frames: EarlyBoth; stop(): void } {
  const frames = { chart: new EarlyFrames(), table: new EarlyFrames() };
  const both = Object.values(frames);
  const parts = new PartListener({
    multiple,
    newest,
    listener: {
      candle: (text) => both.forEach((one) => one.candle(text)),
      reset: () => both.forEach((one) => one.reset()),
    },
    fetchParts: (from, signal) => fetchParts("", productId, multiple, from, signal),
  });
  early.chart.handTo(parts);
  // It has the same stream.
  early.table.handTo({ candle() {} });
  return { frames, stop: () => parts.close() };
}

function takeOver(id: string, vnode: Parameters<typeof hydrate>[0]): () => void {
  const place = document.getElementById(id);
  if (place === null) return () => {};
  hydrate(vnode, place);
  return () => render(null, place);
}
