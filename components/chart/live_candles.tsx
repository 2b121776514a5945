import { hydrate, render } from "preact";
import { readCandleRows } from "../../lib/browser/candle_rows.ts";
import type { StreamListener } from "../../lib/browser/candle_stream.ts";
import { EarlyFrames } from "../../lib/browser/early_frames.ts";
import type { Multiple } from "../../lib/candles/multiple.ts";
import { AuditedUntil } from "./AuditedUntil.tsx";
import { PastFeed } from "./browser/past_feed.ts";
import { ChartPanel } from "./ChartPanel.tsx";
import { fetchParts } from "./browser/chart_data.ts";
import { LiveChart, type LiveChartSource } from "./browser/live_chart.ts";
import { PartListener } from "./browser/part_listener.ts";
import { ExactPastNote } from "./ExactPastNote.tsx";
import { keepPrintedLine } from "../site/browser/printed_line.ts";
import { LiveCandleTable } from "./LiveCandleTable.tsx";
import type { PastNews } from "./past_news.ts";
import { ProductFigures, type ProductFiguresProps } from "./ProductFigures.tsx";

/** The data of a page's chart and table, and where more comes from. */
export interface LiveCandlesProps
  extends Pick<LiveChartSource, "productId" | "digits" | "older" | "view"> {
  readonly multiple: Multiple;
  /** The newest candles, as `writeCandleRows` wrote them. */
  readonly rows: string;
  /** Of a multiple's parts. */
  readonly stream: string;
  /** The stored candles' past, as of the page. */
  readonly past: PastNews;
  readonly figures: Pick<ProductFiguresProps, "baseCurrency" | "quoteCurrency" | "since">;
  /** The parts of the view's address that could not be used, one sentence each. */
  readonly problems: readonly string[];
}

/** The buffers of the stream's frames, one for each listener. */
export type EarlyAll = Readonly<Record<"chart" | "table" | "figures", EarlyFrames>>;

type CandleFrames = Pick<EarlyAll, "chart" | "table">;

/**
 * Hydrates what the server rendered of a product's candles, by the ids of its elements, and keeps it live. `early`
 * receives the stream for each of them until it listens itself, some frames after this has returned. Returns a function
 * that stops this. Imported lazily: it brings the chart library.
 */
export function showLiveCandles(props: LiveCandlesProps, early: EarlyAll): () => void {
  const { productId, multiple, rows } = props;
  const candles = readCandleRows(rows, productId, multiple.of);
  const of = { ...props, granularity: multiple.of, candles };
  const { frames, stop } = multiple.parts === 1
    ? { frames: early, stop() {} }
    : merged(props, candles.at(-1)?.start ?? null, early);
  const listenTo = (one: EarlyFrames) => (listener: StreamListener) => one.handTo(listener);
  const feed = new PastFeed(
    `/products/${productId}/past?granularity=${multiple.name}`,
    props.past,
  );
  const { follow: followPast } = feed;
  const past = { first: props.past, multiple, follow: followPast };
  const chart = { ...of, base: "", listen: listenTo(frames.chart), past };
  const figures = {
    ...props.figures,
    digits: props.digits,
    figures: props.past.figures,
    listen: listenTo(early.figures),
    followPast,
  };
  const stops = [stop, () => feed.close()];
  keepPrintedLine();
  // Each in a separate task: together they would keep a phone from answering for a quarter of a
  // second.
  const timers = [
    () =>
      takeOver("chart", <ChartPanel {...of} open={(listener) => new LiveChart(chart, listener)} />),
    () =>
      takeOver(
        "candles",
        <LiveCandleTable {...of} listen={listenTo(frames.table)} followPast={followPast} />,
      ),
    () => takeOver("figures", <ProductFigures {...figures} />),
    () =>
      followPast(({ exact, auditedUntil }) => {
        show("exact-past", <ExactPastNote past={exact} />);
        show("audited", <AuditedUntil until={auditedUntil} />);
      }),
  ].map((start) => setTimeout(() => stops.push(start())));
  return () => {
    timers.forEach(clearTimeout);
    stops.forEach((one) => one());
  };
}

/** The candles of a multiple, for both, merged out of the parts that the stream brings. */
function merged(
  { productId, multiple }: LiveCandlesProps,
  newest: number | null,
  early: CandleFrames,
): { readonly frames: CandleFrames; stop(): void } {
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

/** Renders into a place whose content is the server's. */
function show(id: string, vnode: Parameters<typeof render>[0]): void {
  const place = document.getElementById(id);
  if (place !== null) render(vnode, place);
}

function takeOver(id: string, vnode: Parameters<typeof hydrate>[0]): () => void {
  const place = document.getElementById(id);
  if (place === null) return () => {};
  hydrate(vnode, place);
  return () => render(null, place);
}
