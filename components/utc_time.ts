import type { EpochSeconds, Granularity } from "../lib/candles/granularity.ts";
import { GRANULARITY_SECONDS } from "../lib/candles/granularity.ts";

/** `2026-04-07 14:30`, or the date alone for day candles. Buckets are UTC's, so pages speak UTC. */
export function startText(start: EpochSeconds, granularity: Granularity): string {
  const iso = new Date(start * 1000).toISOString();
  return GRANULARITY_SECONDS[granularity] >= 86400
    ? iso.slice(0, 10)
    : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** `14:30:05` in UTC, from epoch milliseconds. */
export function clockText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 19);
}

/** The machine-readable form for `<time datetime>`. */
export function isoText(start: EpochSeconds): string {
  return new Date(start * 1000).toISOString().replace(".000Z", "Z");
}
