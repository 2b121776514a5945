import type { IChartApi, Logical } from "lightweight-charts";
import type { Anchor } from "../../../lib/drawings/drawing.ts";
import type { Plot, Point } from "../../../lib/drawings/plot.ts";
import { placeAt, timeAt } from "../../chart/browser/sight_time.ts";
import type { ChartSurface } from "../chart_surface.ts";

/** The currently visible prices' pane of a chart. */
export class ChartPlot implements Plot {
  readonly #surface: ChartSurface;

  constructor(surface: ChartSurface) {
    this.#surface = surface;
  }

  get width(): number {
    return this.#surface.chart.timeScale().width();
  }

  get height(): number {
    return this.#surface.chart.panes()[0]?.getHeight() ?? 0;
  }

  pointOf({ time, price }: Anchor): Point | null {
    const axis = timeAxis(this.#surface.chart);
    const y = this.#surface.prices().priceToCoordinate(price);
    if (axis === null || y === null) return null;
    const x = axis.first + placeAt(this.#surface.candles(), time, this.#surface.length) * axis.step;
    return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
  }

  anchorOf({ x, y }: Point): Anchor | null {
    const axis = timeAxis(this.#surface.chart);
    const price = this.#surface.prices().coordinateToPrice(y);
    if (axis === null || price === null) return null;
    const place = (x - axis.first) / axis.step;
    const time = Math.round(timeAt(this.#surface.candles(), place, this.#surface.length));
    if (!Number.isFinite(time) || !Number.isFinite(price)) return null;
    return { time, price: Number(price.toFixed(this.#surface.digits)) };
  }

  /** Pixels from one candle to the next. */
  get step(): number {
    return timeAxis(this.#surface.chart)?.step ?? 1;
  }
}

/** Where the first candle is, and how far from it the second one: the library knows whole places only. */
function timeAxis(chart: IChartApi): { readonly first: number; readonly step: number } | null {
  const first = chart.timeScale().logicalToCoordinate(logical(0));
  const second = chart.timeScale().logicalToCoordinate(logical(1));
  return first === null || second === null || first === second
    ? null
    : { first, step: second - first };
}

// The brand of the library's places is a type without a constructor.
function logical(place: number): Logical {
  return place as Logical;
}
