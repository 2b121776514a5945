import { type Multiple, parseMultiple } from "../../candles/multiple.ts";

/**
 * Minutes of the resolutions that are offered. Each divides the day, so that a bar begins where TradingView's chart
 * expects it, counted from midnight.
 */
const MINUTES = [1, 3, 5, 10, 15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720] as const;

/** The resolutions below a day that are served as they are; a chart builds no bar of these itself. */
export const INTRADAY: readonly string[] = MINUTES.map(String);

/**
 * All resolutions of a chart, shortest first. Weeks and months are built by the chart from days, since a week begins on
 * a Monday there and multiples of a day are counted from the epoch here.
 */
export const RESOLUTIONS: readonly string[] = [...INTRADAY, "1D", "1W", "1M"];

/** What a resolution of `history` may look like, for error messages. */
export const RESOLUTION_SHAPE = "minutes such as 1, 5 or 240, or days such as D or 3D: a stored " +
  "granularity or a multiple of one of at most 31 days. Weeks and months are built from days";

/**
 * Reads a resolution in TradingView's spelling: minutes as a bare number, days with a `D`. Null
 * for any other text.
 */
export function parseResolution(text: string): Multiple | null {
  const [, count, unit] = /^(\d{0,5})(D?)$/i.exec(text) ?? [];
  if (count === undefined || (count === "" && unit === "")) return null;
  return parseMultiple(`${count === "" ? "1" : count}${unit === "" ? "m" : "d"}`);
}
