import type { EpochSeconds, Granularity } from "../../lib/candles/granularity.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import type { ChartZone } from "./chart_view.ts";
import { axisText, startText } from "../site/utc_time.ts";

/** The kinds of marks on a time axis that begin a day, a month or a year. */
const DAY_MARK = 2;

/** A start in words, in a zone; day candles are UTC's days in any zone. */
export function zonedStartText(start: number, granularity: Granularity, zone: ChartZone): string {
  return startText(shifted(start, granularity, zone), granularity);
}

/** The text of a mark of the time axis: the time of day, or the day where one begins. */
export function markText(
  start: number,
  mark: number,
  granularity: Granularity,
  zone: ChartZone,
): string {
  const text = axisText(shifted(start, granularity, zone), granularity);
  const [, day = text, time = ""] = /^(\d+ \w+)(?: (.+))?$/.exec(text) ?? [];
  return mark <= DAY_MARK || time === "" || time === "00:00" ? day : time;
}

/** The same moment as if the zone's clock were UTC's. */
function shifted(start: number, granularity: Granularity, zone: ChartZone): EpochSeconds {
  const offset = zone === "utc" || granularity === "ONE_DAY"
    ? 0
    : new Date(start * 1000).getTimezoneOffset() * 60;
  return epochSeconds(start - offset);
}
