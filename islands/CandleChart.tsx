import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Legend } from "../components/Legend.tsx";
import type { LiveChartProps } from "../components/live_chart.ts";
import { LiveChart } from "../components/live_chart.ts";
import { readCandleRows } from "../lib/browser/candle_rows.ts";
import type { Candle } from "../lib/candles/candle.ts";

/** The live chart over the server's drawing of it, and the legend of the candle one points at. */
export default function CandleChart(props: LiveChartProps) {
  const mount = useRef<HTMLDivElement>(null);
  const shown = useSignal<Candle | null>(newestOf(props));
  const note = useSignal("");

  useEffect(() => {
    const element = mount.current;
    if (element === null) return;
    const chart = new LiveChart(props, {
      candle: (candle) => shown.value = candle,
      note: (text) => note.value = text,
    });
    chart.draw(element).catch(() => {
      note.value = "The live chart could not be loaded. This one is as old as the page.";
    });
    return () => chart.close();
  }, []);

  return (
    <>
      {shown.value !== null && <Legend candle={shown.value} digits={props.digits} />}
      <div class="chart-mount" ref={mount} aria-hidden="true" />
      <p class="chart-note" role="status">{note}</p>
    </>
  );
}

function newestOf({ rows, productId, granularity }: LiveChartProps): Candle | null {
  const last = rows.slice(rows.lastIndexOf("\n") + 1);
  return readCandleRows(last, productId, granularity)[0] ?? null;
}
