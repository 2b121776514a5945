import { parseIndicators } from "../../lib/indicators/parse_indicators.ts";
import type { ChartView } from "./chart_view.ts";
import { CHART_STYLES, SCALES } from "./chart_view.ts";

/** A view that was read, and what of it could not be used. */
export interface ReadChartView {
  readonly view: ChartView;
  readonly problems: readonly ViewProblem[];
}

/** What cannot be used of a parameter, in a sentence. */
export interface ViewProblem {
  readonly name: string;
  readonly message: string;
}

const ZONES = ["utc", "local"] as const;
/** An address may hold anything. */
const LONGEST_QUOTE = 40;

/**
 * Reads `?style=heikin&indicators=ema:21,rsi&scale=log&zone=local`, or attributes of these names; what cannot be used is the
 * default, and is named.
 */
export function readChartView(parameter: (name: string) => string | null): ReadChartView {
  const { indicators, problems } = parseIndicators(parameter("indicators"));
  const found = problems.map((message) => ({ name: "indicators", message }));
  const choose = <T extends string>(name: string, allowed: readonly T[], usual: T): T => {
    const text = parameter(name)?.trim() ?? "";
    const value = text === "" ? usual : allowed.find((one) => one === text.toLowerCase());
    if (value === undefined) {
      const shown = text.slice(0, LONGEST_QUOTE);
      found.push({ name, message: `No ${name}: “${shown}”. There are ${allowed.join(", ")}.` });
    }
    return value ?? usual;
  };
  return {
    view: {
      style: choose("style", CHART_STYLES, "candles"),
      indicators,
      scale: choose("scale", SCALES, "linear"),
      zone: choose("zone", ZONES, "utc"),
    },
    problems: found,
  };
}
