import type { ProductId } from "../../lib/candles/product.ts";
import type { Indicator } from "../../lib/indicators/indicator.ts";
import { writeIndicators } from "../../lib/indicators/indicator.ts";

/** How the price scale counts: in prices, in their logarithm, or in percent of the first price in sight. */
export const SCALES = ["linear", "log", "percent"] as const;
export type ChartScale = (typeof SCALES)[number];

/** How prices are drawn. */
export const CHART_STYLES = ["candles", "hollow", "bars", "heikin", "line", "area"] as const;
export type ChartStyle = (typeof CHART_STYLES)[number];

/** With more colours, people with a colour vision deficiency cannot distinguish them. */
export const MAX_COMPARED = 5;

/** The time zone in which times are shown. Buckets stay those of UTC. */
export type ChartZone = "utc" | "local";

/** A chart's view, which is kept in the address. */
export interface ChartView {
  readonly style: ChartStyle;
  readonly indicators: readonly Indicator[];
  /** Other products over the chart, whose scale counts in percent then. */
  readonly compare: readonly ProductId[];
  readonly scale: ChartScale;
  readonly zone: ChartZone;
}

/** The default view. */
export const PLAIN_VIEW: ChartView = {
  style: "candles",
  indicators: [],
  compare: [],
  scale: "linear",
  zone: "utc",
};

/** The query of a granularity in a view: `?granularity=ONE_HOUR&indicators=rsi:14`. */
export function chartQuery(granularity: string, view: ChartView): string {
  const { style, indicators, compare, scale, zone } = view;
  const parts = [`granularity=${granularity}`];
  if (style !== "candles") parts.push(`style=${style}`);
  // Colons and commas may stand in a query as they are, and read better so.
  if (indicators.length > 0) parts.push(`indicators=${writeIndicators(indicators)}`);
  if (compare.length > 0) parts.push(`compare=${compare.join(",")}`);
  if (scale !== "linear") parts.push(`scale=${scale}`);
  if (zone !== "utc") parts.push(`zone=${zone}`);
  return `?${parts.join("&")}`;
}

/** How the scale counts: products can only be compared in percent. */
export function scaleOf({ scale, compare }: ChartView): ChartScale {
  return compare.length > 0 ? "percent" : scale;
}

/** The number of separate panes that the view's indicators take. */
export function ownPanes({ indicators }: ChartView): number {
  return indicators.filter(({ pane }) => pane === "own").length;
}
