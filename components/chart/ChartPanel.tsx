import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Candle } from "../../lib/candles/candle.ts";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import { storedMultiple } from "../../lib/candles/multiple.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import type { ChartView } from "./chart_view.ts";
import { chartQuery, ownPanes } from "./chart_view.ts";
import { ChartTools } from "./ChartTools.tsx";
import type { ChartSurface } from "../drawings/chart_surface.ts";
import { DrawMenu } from "../drawings/DrawMenu.tsx";
import { loadPatiently } from "../../lib/browser/load_patiently.ts";
import { watchIfSet } from "../alerts/browser/watch_if_set.ts";
import { Icon } from "../site/Icon.tsx";
import { GranularityTabs } from "./GranularityTabs.tsx";
import { Legend } from "./Legend.tsx";
import type { LiveChart, LiveChartListener, LiveChartSource } from "./browser/live_chart.ts";
import { onPaper } from "./browser/on_paper.ts";
import { LiveStudies } from "./LiveStudies.tsx";
import type { StudyValues } from "./study_values.ts";

export interface ChartPanelProps extends
  Pick<
    LiveChartSource,
    "productId" | "granularity" | "multiple" | "digits" | "candles" | "view"
  > {
  /** The parts of the view's address that could not be used, one sentence each. */
  readonly problems?: readonly string[];
  /** The panel's name on a page that has several. */
  readonly label?: string;
  /** The content of the place where a product's page has links to its granularities. */
  readonly head?: ComponentChildren;
  /** More tools, after the chart's own. */
  readonly tools?: ComponentChildren;
  /** Names what is shown: with another name the panel shows what it is given then, and opens it again. */
  readonly source?: string;
  /** A message to show while there is no live chart that shows it. */
  readonly note?: string;
  /** Keeps a view that was chosen; left out, the address does. */
  onView?(view: ChartView): void;
  /** Opens the live chart; the server, which renders one moment, has none. */
  open?(listener: LiveChartListener): LiveChart;
  /**
   * The server's drawing, which the live chart replaces. Absent in a browser, which has it in the
   * page.
   */
  readonly children?: ComponentChildren;
}

/** A chart, its tools, and the legend of the candle under the pointer. */
export function ChartPanel(props: ChartPanelProps) {
  const { productId, granularity, digits, open, source } = props;
  const { label = "Chart", multiple = storedMultiple(granularity) } = props;
  const panel = useRef<HTMLElement>(null);
  const mount = useRef<HTMLDivElement>(null);
  const live = useRef<LiveChart | null>(null);
  const isLive = useSignal(false);
  const surface = useSignal<ChartSurface | null>(null);
  const view = useSignal(props.view);
  const shown = useSignal<Candle | null>(props.candles.at(-1) ?? null);
  const studies = useSignal<readonly StudyValues[]>([]);
  const problems = useSignal(props.problems ?? []);
  const note = useSignal("");

  useEffect(() => {
    shown.value = props.candles.at(-1) ?? null;
    studies.value = [];
    note.value = "";
    const element = mount.current;
    if (element === null || open === undefined) return;
    const chart = live.current = open({
      candle(candle, values) {
        shown.value = candle;
        studies.value = values;
      },
      note: (text) => note.value = text,
    });
    isLive.value = true;
    void chart.draw(element).then(() => {
      if (live.current === chart) surface.value = chart.surface;
    });
    watchIfSet();
    let withdraw: (() => void) | null = null;
    // Only a mouse points at a price without touching the chart.
    const offer = async (pointed: PointerEvent) => {
      const { offerAlerts } = await loadPatiently(() => import("../alerts/browser/axis_alert.ts"));
      if (live.current !== chart) return;
      const priceAt = (y: number) => chart.priceAt(y);
      withdraw = offerAlerts(productId, { element, digits, priceAt }, pointed);
    };
    element.addEventListener("pointermove", offer, { once: true });
    const stopPrinting = onPaper(element, () => chart.lightPicture());
    return () => {
      stopPrinting();
      element.removeEventListener("pointermove", offer);
      withdraw?.();
      surface.value = null;
      chart.close();
      live.current = null;
      isLive.value = false;
      delete element.dataset.drawn;
    };
  }, [source]);

  const look = (next: ChartView) => {
    view.value = next;
    // From here on the address has none of these problems.
    problems.value = [];
    if (props.onView !== undefined) props.onView(next);
    else history.replaceState(history.state, "", chartQuery(multiple.name, next));
    live.current?.look(next);
  };
  const fill = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else panel.current?.requestFullscreen().catch(() => note.value = "Full screen was refused.");
  };

  // A chart of a workspace has its own tools, and no room for all of these: its product's page has
  // them.
  const isSmall = props.tools !== undefined;
  return (
    <section class="panel chart-panel" aria-label={label} ref={panel}>
      <div class="chart-bar">
        {props.head ?? <GranularityTabs current={multiple} view={view.value} />}
        <ChartTools
          productId={productId}
          length={multiple.seconds}
          view={view.value}
          isLive={isLive.value}
          onView={look}
          onSave={() => live.current?.save()}
          onFullscreen={fill}
          menus={isSmall ? undefined : <DrawMenu productId={productId} surface={surface.value} />}
        >
          {!isSmall && (
            <a
              href={alertHref(productId, shown.value)}
              aria-label="Set an alert"
              title="Set an alert"
              data-setting="Chart"
            >
              <Icon path="M3.5 11.5h9l-1.2-1.8V7a3.3 3.3 0 0 0-6.6 0v2.7zM6.7 13.7h2.6" />
            </a>
          )}
          {props.tools}
        </ChartTools>
      </div>
      {problems.value.length > 0 && (
        <div class="chart-problems" role="status">
          {problems.value.map((problem) => <p key={problem}>{problem}</p>)}
        </div>
      )}
      <div class="chart-box" data-panes={ownPanes(view.value)}>
        <ServerDrawing key={source}>{props.children}</ServerDrawing>
        {shown.value !== null && (
          <Legend candle={shown.value} digits={digits} zone={view.value.zone} />
        )}
        <div
          class="chart-mount"
          ref={mount}
          role="application"
          aria-label={`Live chart of ${productId}: arrows move it, plus and minus zoom, End is now`}
        />
        <LiveStudies studies={studies.value} digits={digits} />
        <p class="chart-note" role="status">{note.value || props.note}</p>
      </div>
    </section>
  );
}

const KEPT = { __html: "" };

/** What the server drew. Hydration leaves the content of an element alone that is given as HTML. */
function ServerDrawing({ children }: { children?: ComponentChildren }) {
  return children === undefined
    ? <div class="server-drawing" dangerouslySetInnerHTML={KEPT} />
    : <div class="server-drawing">{children}</div>;
}

/** Where an alert is set, with the price that is pointed at. */
function alertHref(productId: ProductId, candle: Candle | null): string {
  const query = new URLSearchParams({ product: productId, kind: "price" });
  if (candle !== null) query.set("value", formatDecimal(candle.close));
  return `/alerts?${query}`;
}
