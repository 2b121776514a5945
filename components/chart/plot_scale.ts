import type { ChartScale } from "./chart_view.ts";

/** Where a plot is drawn. Shares are of the height. */
export interface PlotBox {
  readonly height: number;
  /** Empty above the highest value. */
  readonly topShare: number;
  /** Below the lowest value. */
  readonly bottomShare: number;
}

/** A horizontal line of a scale: a value, or percent where the scale counts so. */
export interface ScaleLine {
  readonly y: number;
  readonly value: number;
}

/** Heights of values in a plot. */
export interface PlotScale {
  y(value: number): number;
  readonly lines: readonly ScaleLine[];
}

/** The heights of values from `low` to `high`; `first` is what percent are of, and `most` how many lines there may be. */
export function plotScale(
  low: number,
  high: number,
  box: PlotBox,
  { kind = "linear", first = low, most = 9 }: {
    readonly kind?: ChartScale;
    readonly first?: number;
    readonly most?: number;
  } = {},
): PlotScale {
  // A logarithm needs something to count from.
  const isLog = kind === "log" && low > 0;
  const place = (value: number) => isLog ? Math.log(Math.max(value, low / 10)) : value;
  const top = place(high);
  const span = top - place(low) || Math.abs(top) * 0.01 || 1;
  const plotTop = box.height * box.topShare;
  const plotHeight = box.height * (1 - box.topShare - box.bottomShare);
  const y = (value: number) => round(plotTop + (top - place(value)) / span * plotHeight);
  if (kind !== "percent" || first === 0) {
    return { y, lines: scaleValues(low, high, most).map((value) => ({ value, y: y(value) })) };
  }
  const percent = (value: number) => (value / first - 1) * 100;
  const lines = scaleValues(percent(low), percent(high), most)
    .map((value) => ({ value, y: y(first * (1 + value / 100)) }));
  return { y, lines };
}

/** Round numbers between low and high, at most `most` of them. */
export function scaleValues(low: number, high: number, most = 9): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / (most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const stride = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ??
    rough;
  const values = [];
  for (let index = Math.ceil(low / stride); index * stride <= high; index++) {
    values.push(index * stride);
  }
  return values;
}

/** Enough digits for a picture. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
