import type { EpochSeconds, Granularity } from "../../lib/candles/granularity.ts";
import { GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `7 Apr 2026, 14:30`, or the date alone for day candles. Buckets are aligned in UTC, so pages show UTC. */
export function startText(start: EpochSeconds, granularity: Granularity): string {
  const date = new Date(start * 1000);
  return `${dayText(date)} ${date.getUTCFullYear()}${timeText(date, granularity, ", ")}`;
}

/** The same for an axis, where the year is left out: `7 Apr 14:30`. */
export function axisText(start: EpochSeconds, granularity: Granularity): string {
  const date = new Date(start * 1000);
  return `${dayText(date)}${timeText(date, granularity, " ")}`;
}

/** The machine-readable form for `<time datetime>`. */
export function isoText(start: EpochSeconds): string {
  return new Date(start * 1000).toISOString().replace(".000Z", "Z");
}

function dayText(date: Date): string {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""}`;
}

function timeText(date: Date, granularity: Granularity, before: string): string {
  return GRANULARITY_SECONDS[granularity] >= 86400 ? "" : before + date.toISOString().slice(11, 16);
}
