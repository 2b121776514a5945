import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { CatchUp } from "../../lib/browser/catch_up.ts";
import { fetchCandlePage } from "../../lib/browser/candle_pages.ts";
import { CandleSeries } from "../../lib/browser/candle_series.ts";
import type { StreamListener } from "../../lib/browser/candle_stream.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import type { Multiple } from "../../lib/candles/multiple.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import { decodeCandle } from "../../lib/candles/wire.ts";
import type { PastListener } from "./browser/past_feed.ts";
import { candleLink } from "./candle_link.ts";
import { CandleTable } from "./CandleTable.tsx";
import { changedPast } from "./changed_past.ts";

export interface LiveCandleTableProps {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** Ascending by start; the newest of them are shown. Like the stream's, their granularity is `multiple.of`. */
  readonly candles: readonly Candle[];
  /** Listens to a stream of these candles; the server, which renders one moment, has none. */
  listen?(listener: StreamListener): () => void;
  /** Follows changes of stored candles, which are not streamed. */
  followPast?(listener: PastListener): () => void;
}

/** Least time between two renderings of the table: figures that change faster cannot be read. */
const RENDER_MS = 500;
const KEPT = 20;

/** The table of the newest candles, kept live. */
export function LiveCandleTable(props: LiveCandleTableProps) {
  const { productId, multiple, digits, listen, followPast } = props;
  const candles = useSignal(props.candles.slice(-KEPT));

  useEffect(() => {
    if (listen === undefined) return;
    const series = new CandleSeries(candles.peek());
    let timer: ReturnType<typeof setTimeout> | undefined;
    const render = () => {
      timer = undefined;
      series.trim(KEPT);
      candles.value = [...series.candles];
    };
    // The chart requests the same history and reports if it cannot be read.
    const catchUp = new CatchUp({
      async read(signal) {
        const { name: granularity, of } = multiple;
        const url = candleLink({ productId, granularity, limit: KEPT });
        const page = await fetchCandlePage(url, signal, of);
        if (series.merge(page.candles)) render();
      },
    });
    const stop = listen({
      candle(text) {
        const candle = decodeCandle(text);
        if (
          candle === null || candle.granularity !== multiple.of || candle.productId !== productId
        ) return;
        if (series.apply(candle) !== "none") timer ??= setTimeout(render, RENDER_MS);
      },
      reset: () => catchUp.request(),
    });
    const unfollow = followPast?.((news, before) => {
      const [oldest] = series.candles;
      const isChanged = oldest === undefined ||
        changedPast(news, before, oldest.start, multiple) !== null;
      if (isChanged) catchUp.request();
    });
    return () => {
      stop();
      unfollow?.();
      catchUp.close();
      clearTimeout(timer);
    };
  }, []);

  return <CandleTable candles={candles.value} digits={digits} labelledBy="newest" />;
}
