import type { LiveChart, TimeSight } from "../../chart/browser/live_chart.ts";
import type { ChartLinks } from "../workspace_layout.ts";

export type LinkedChart = Pick<LiveChart, "length" | "sight" | "show" | "pointAt">;

/** The fewest candles to which a chart is zoomed by another one. */
const FEWEST_CANDLES = 10;
const MOST_CANDLES = 2000;

/**
 * Has charts follow the one that a person moves or points at. Those of the same granularity show the same times. Others
 * end at the same time and are zoomed by the same factor: in the same times, a chart of days would
 * have one candle where a chart of hours is full.
 */
export class LinkedCharts {
  links: ChartLinks;
  /** Each chart with what it is of: a price means something on charts of the same product alone. */
  readonly #charts = new Map<LinkedChart, string>();
  #leader: LinkedChart | null = null;
  #pointing: LinkedChart | null = null;
  #shown: TimeSight | null = null;
  /** The leader was moved, so a chart that is drawn later follows it. */
  #isMoved = false;
  /** Charts that are not drawn yet, and have something to follow once they are. */
  readonly #behind = new Set<LinkedChart>();

  constructor(links: ChartLinks) {
    this.links = links;
  }

  get count(): number {
    return this.#charts.size;
  }

  /** Returns a function that removes the chart. */
  add(chart: LinkedChart, productId: string): () => void {
    this.#charts.set(chart, productId);
    if (this.#isMoved) this.#behind.add(chart);
    return () => {
      this.#charts.delete(chart);
      this.#behind.delete(chart);
      if (this.#leader === chart) {
        this.#leader = null;
        this.#isMoved = false;
      }
      if (this.#pointing === chart) this.#pointing = null;
    };
  }

  /** A person moves a chart: the others follow it from now on. */
  lead(chart: LinkedChart): void {
    if (this.#leader === chart) return;
    this.#leader = chart;
    this.#shown = chart.sight;
  }

  moved(chart: LinkedChart, sight: TimeSight): void {
    const before = this.#shown;
    if (this.#behind.delete(chart)) this.#catchUp(chart, sight);
    if (chart !== this.#leader || !Number.isFinite(sight.to)) return;
    // When an older page arrives, candles get other places but the same times.
    if (before?.from === sight.from && before.to === sight.to) return;
    this.#shown = sight;
    if (!this.links.range) return;
    this.#isMoved = true;
    const zoom = before === null ? 1 : sight.candles / before.candles;
    for (const other of this.#others(chart)) {
      const seen = other.sight;
      if (seen === null) this.#behind.add(other);
      else if (other.length === chart.length) other.show(sight);
      else {
        const candles = Math.min(Math.max(seen.candles * zoom, FEWEST_CANDLES), MOST_CANDLES);
        other.show({ to: sight.to, candles });
      }
    }
  }

  /** A person points at a time (epoch seconds) of a chart, or no longer does. */
  pointed(chart: LinkedChart, time: number | null, price: number | null): void {
    if (time === null && chart !== this.#pointing) return;
    this.#pointing = time === null ? null : chart;
    if (!this.links.crosshair) return;
    const productId = this.#charts.get(chart);
    for (const other of this.#others(chart)) {
      other.pointAt(time, this.#charts.get(other) === productId ? price : null);
    }
  }

  /** The chart is drawn for the first time, after the leader was moved. */
  #catchUp(chart: LinkedChart, { candles }: TimeSight): void {
    const leader = this.#leader;
    if (leader === null || leader === chart || this.#shown === null || !this.links.range) return;
    const shown = leader.length === chart.length ? this.#shown : { to: this.#shown.to, candles };
    // The library is drawing, and would put its own range over one that it is given meanwhile.
    queueMicrotask(() => this.#charts.has(chart) && chart.show(shown));
  }

  #others(chart: LinkedChart): readonly LinkedChart[] {
    return [...this.#charts.keys()].filter((other) => other !== chart);
  }
}
