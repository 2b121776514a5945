import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { CandleTable } from "../components/CandleTable.tsx";
import { fetchCandlePage } from "../lib/browser/candle_pages.ts";
import { readCandleRows } from "../lib/browser/candle_rows.ts";
import { CandleSeries } from "../lib/browser/candle_series.ts";
import { listen } from "../lib/browser/page_stream.ts";
import type { Granularity } from "../lib/candles/granularity.ts";
import type { ProductId } from "../lib/candles/product.ts";
import { decodeCandle } from "../lib/candles/wire.ts";

export interface NewestCandlesProps {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest candles, as `writeCandleRows` wrote them: as many as the table keeps. */
  readonly rows: string;
  readonly stream: string;
  readonly labelledBy: string;
}

/** Least time between two renderings of the table: figures that change faster cannot be read. */
const RENDER_MS = 500;
const KEPT = 20;

/** The table of the newest candles, kept live. */
export default function NewestCandles(props: NewestCandlesProps) {
  const { productId, granularity, digits, labelledBy } = props;
  const candles = useSignal(readCandleRows(props.rows, productId, granularity));

  useEffect(() => {
    const series = new CandleSeries(candles.peek());
    const closed = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const render = () => {
      timer = undefined;
      series.trim(KEPT);
      candles.value = [...series.candles];
    };
    const catchUp = async () => {
      const query = new URLSearchParams({ product: productId, granularity, limit: `${KEPT}` });
      const page = await fetchCandlePage(`/api/candles?${query}`, closed.signal);
      if (series.merge(page.candles)) render();
    };
    const stop = listen(props.stream, {
      candle(text) {
        const candle = decodeCandle(text);
        if (
          candle === null || candle.granularity !== granularity || candle.productId !== productId
        ) return;
        if (series.apply(candle) !== "none") timer ??= setTimeout(render, RENDER_MS);
      },
      // The chart asks for the same history and says so if it cannot be had.
      reset: () => void catchUp().catch(() => {}),
    });
    return () => {
      stop();
      closed.abort();
      clearTimeout(timer);
    };
  }, []);

  return <CandleTable candles={candles.value} digits={digits} labelledBy={labelledBy} />;
}
