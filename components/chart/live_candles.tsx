import { hydrate, render } from "preact";
import { readCandleRows } from "../../lib/browser/candle_rows.ts";
import type { StreamListener } from "../../lib/browser/candle_stream.ts";
import type { EarlyFrames } from "../../lib/browser/early_frames.ts";
import { listen } from "../../lib/browser/page_stream.ts";
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
 * `early` is what the stream brought before. Returns how to stop. Imported lazily: it brings the chart library.
 */
export function showLiveCandles(props: LiveCandlesProps, early: EarlyFrames): () => void {
  const { productId, granularity, rows, stream } = props;
  const candles = readCandleRows(rows, productId, granularity);
  const listenFromStart = (listener: StreamListener) => {
    early.giveTo(listener);
    return listen(stream, listener);
  };
  const of = { ...props, candles, base: "", listen: listenFromStart };
  const stops = [
    takeOver("chart", <ChartPanel {...of} open={(listener) => new LiveChart(of, listener)} />),
    takeOver("candles", <LiveCandleTable {...of} />),
  ];
  return () => stops.forEach((stop) => stop());
}

function takeOver(id: string, vnode: Parameters<typeof hydrate>[0]): () => void {
  const place = document.getElementById(id);
  if (place === null) return () => {};
  hydrate(vnode, place);
  return () => render(null, place);
}
