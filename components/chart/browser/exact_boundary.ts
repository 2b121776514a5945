import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Time,
} from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import type { ExactPast } from "../../../lib/history/exact_pasts.ts";
import { exactPastText } from "../../site/exact_past_text.ts";
import { chartTime } from "./chart_points.ts";
import { lastUpTo } from "./sight_time.ts";

/** Pixels that the mark takes. */
const WORD_WIDTH = 110;

type DrawingTarget = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/**
 * Where the exact past begins, on a chart: a line before the first candle that lies in it whole, a shade over the older
 * ones, and a mark that explains it. Drawn as part of the candles; the mark is an element of the
 * chart's, which owns both until `close()`.
 */
export class ExactBoundary implements ISeriesPrimitive<Time> {
  readonly #chart: IChartApi;
  readonly #mark = document.createElement("div");
  readonly #word = document.createElement("button");
  readonly #meaning = document.createElement("span");
  readonly #views: readonly IPrimitivePaneView[];
  #past: ExactPast | null = null;
  #candles: readonly Candle[] = [];
  #ink = "";
  #x: number | null = null;

  constructor(chart: IChartApi, element: HTMLElement) {
    this.#chart = chart;
    this.#mark.className = "hint exact-mark";
    this.#mark.hidden = true;
    this.#word.type = "button";
    this.#word.textContent = "Exact from here";
    this.#meaning.id = "exact-mark-meaning";
    this.#meaning.setAttribute("role", "tooltip");
    this.#word.setAttribute("aria-describedby", this.#meaning.id);
    this.#mark.append(this.#word, this.#meaning);
    element.append(this.#mark);
    const renderer = { draw: (target: DrawingTarget) => this.#draw(target) };
    this.#views = [{ zOrder: () => "bottom", renderer: () => renderer }];
  }

  /** Shows where a past begins, null for nothing known. */
  show(past: ExactPast | null): void {
    this.#past = past;
    this.#meaning.textContent = past === null ? "" : exactPastText(past);
    // Its options being set makes the chart draw.
    this.#chart.applyOptions({});
  }

  /** The candles that are drawn, and the colour of lines. */
  over(candles: readonly Candle[], ink: string): void {
    this.#candles = candles;
    this.#ink = ink;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  updateAllViews(): void {
    this.#x = this.#place();
    const isInSight = this.#x !== null && this.#x > 0 && this.#x < this.#chart.timeScale().width();
    this.#mark.hidden = !isInSight;
    // Near the axis there is room on the other side only.
    const isNearAxis = this.#x !== null && this.#x > this.#chart.timeScale().width() - WORD_WIDTH;
    this.#mark.classList.toggle("before", isNearAxis);
    if (!isInSight) return;
    this.#mark.style.setProperty("left", `${this.#x}px`);
    // At the foot of the prices: above are the names and values of what is drawn.
    this.#mark.style.setProperty("top", `${this.#chart.paneSize().height}px`);
  }

  close(): void {
    this.#mark.remove();
  }

  /** The left edge of the first candle in the exact past; null if there is no boundary among the candles. */
  #place(): number | null {
    const since = this.#past?.since;
    const first = this.#candles[0];
    if (since == null || first === undefined || first.start >= since) return null;
    const inside = this.#candles[lastUpTo(this.#candles, since - 1) + 1];
    if (inside === undefined) return null;
    const scale = this.#chart.timeScale();
    const middle = scale.timeToCoordinate(chartTime(inside));
    return middle === null ? null : middle - scale.options().barSpacing / 2;
  }

  #draw(target: DrawingTarget): void {
    const x = this.#x;
    if (x === null) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.fillStyle = this.#ink;
      context.globalAlpha = 0.12;
      context.fillRect(0, 0, Math.max(0, x), mediaSize.height);
      context.globalAlpha = 1;
      context.strokeStyle = this.#ink;
      context.setLineDash([4, 4]);
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, mediaSize.height);
      context.stroke();
    });
  }
}
