import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChartView } from "../components/chart_view.ts";
import { chartQuery, ownPanes } from "../components/chart_view.ts";
import { ChartTools } from "../components/ChartTools.tsx";
import { GranularityTabs } from "../components/GranularityTabs.tsx";
import type { IndicatorValues } from "../components/indicator_drawing.ts";
import { Legend } from "../components/Legend.tsx";
import { LiveChart } from "../components/live_chart.ts";
import { Studies } from "../components/Studies.tsx";
import { readCandleRows } from "../lib/browser/candle_rows.ts";
import { listen } from "../lib/browser/page_stream.ts";
import type { Candle } from "../lib/candles/candle.ts";
import type { Granularity } from "../lib/candles/granularity.ts";
import type { ProductId } from "../lib/candles/product.ts";

export interface CandleChartProps {
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
  /** The server's drawing, which the live chart takes the place of. */
  readonly children: ComponentChildren;
}

/** The live chart over the server's drawing of it, its tools, and the legend of the candle one points at. */
export default function CandleChart(props: CandleChartProps) {
  const { productId, granularity, digits } = props;
  const panel = useRef<HTMLElement>(null);
  const mount = useRef<HTMLDivElement>(null);
  const live = useRef<LiveChart | null>(null);
  const view = useSignal(props.view);
  const shown = useSignal<Candle | null>(newestOf(props));
  const studies = useSignal<readonly IndicatorValues[]>([]);
  const note = useSignal("");

  useEffect(() => {
    const element = mount.current;
    if (element === null) return;
    const chart = live.current = new LiveChart({
      productId,
      granularity,
      digits,
      candles: readCandleRows(props.rows, productId, granularity),
      older: props.older,
      base: "",
      view: props.view,
      listen: (listener) => listen(props.stream, listener),
    }, {
      candle(candle, indicators) {
        shown.value = candle;
        studies.value = indicators;
      },
      note: (text) => note.value = text,
    });
    chart.draw(element).catch(() => {
      note.value = "The live chart could not be loaded. This one is as old as the page.";
    });
    return () => chart.close();
  }, []);

  const look = (next: ChartView) => {
    view.value = next;
    history.replaceState(history.state, "", chartQuery(granularity, next));
    live.current?.look(next);
  };
  const fill = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else panel.current?.requestFullscreen().catch(() => note.value = "Full screen was refused.");
  };

  return (
    <section class="panel chart-panel" aria-label="Chart" ref={panel}>
      <div class="chart-bar">
        <GranularityTabs current={granularity} view={view.value} />
        <ChartTools
          granularity={granularity}
          view={view.value}
          onView={look}
          onSave={() => live.current?.save()}
          onFullscreen={fill}
        />
      </div>
      <div class="chart-box" data-panes={ownPanes(view.value)}>
        {props.children}
        {shown.value !== null && (
          <Legend candle={shown.value} digits={digits} zone={view.value.zone} />
        )}
        <div
          class="chart-mount"
          ref={mount}
          role="application"
          aria-label={`Live chart of ${productId}: arrows move it, plus and minus zoom, End is now`}
        />
        <Studies indicators={studies.value} digits={digits} />
        <p class="chart-note" role="status">{note}</p>
      </div>
    </section>
  );
}

function newestOf(
  { rows, productId, granularity }: Pick<CandleChartProps, "rows" | "productId" | "granularity">,
): Candle | null {
  const last = rows.slice(rows.lastIndexOf("\n") + 1);
  return readCandleRows(last, productId, granularity)[0] ?? null;
}
