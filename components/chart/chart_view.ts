import type { Indicator } from "../../lib/indicators/indicator.ts";
import { isOverlay, parseIndicators, writeIndicators } from "../../lib/indicators/indicator.ts";

/** How the price scale counts: in prices, in their logarithm, or in percent of the first price in sight. */
export const SCALES = ["linear", "log", "percent"] as const;
export type ChartScale = (typeof SCALES)[number];

/** Whose clock times are shown in. Buckets stay those of UTC. */
export type ChartZone = "utc" | "local";

/** How a chart is looked at; the address keeps it. */
export interface ChartView {
  readonly indicators: readonly Indicator[];
  readonly scale: ChartScale;
  readonly zone: ChartZone;
}

/** Reads `?indicators=ema:21,rsi&scale=log&zone=local`; what is not understood is the default. */
export function parseChartView(query: URLSearchParams): ChartView {
  return {
    indicators: parseIndicators(query.get("indicators")),
    scale: SCALES.find((scale) => scale === query.get("scale")) ?? "linear",
    zone: query.get("zone") === "local" ? "local" : "utc",
  };
}

/** The query of a granularity in a view: `?granularity=ONE_HOUR&indicators=rsi:14`. */
export function chartQuery(granularity: string, { indicators, scale, zone }: ChartView): string {
  const parts = [`granularity=${granularity}`];
  // Colons and commas may stand in a query as they are, and read better so.
  if (indicators.length > 0) parts.push(`indicators=${writeIndicators(indicators)}`);
  if (scale !== "linear") parts.push(`scale=${scale}`);
  if (zone !== "utc") parts.push(`zone=${zone}`);
  return `?${parts.join("&")}`;
}

/** How many panes of their own the view's indicators take. */
export function ownPanes({ indicators }: ChartView): number {
  return indicators.filter((indicator) => !isOverlay(indicator)).length;
}
