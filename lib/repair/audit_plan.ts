import type { Candle } from "../candles/candle.ts";
import {
  bucketEnd,
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";

/** Most candles of one request. */
const CANDLES = 300;
/** The exchange may still put the last trades into its newest candles, and ours may not be stored yet. */
const SETTLE_SECONDS = 600;
/** Newer candles are compared in blocks of an hour. */
const REFRESH_SECONDS = 3600;
const DAY = GRANULARITY_SECONDS.ONE_DAY;

/** A stretch that was compared without a hole. */
export interface Audited {
  readonly from: EpochSeconds;
  readonly until: EpochSeconds;
}

/** A stretch to be compared next, of at most one request. */
export interface AuditWindow extends Audited {
  /**
   * `above`: adjoins the compared stretch above; `below`: below it; `top`: a new stretch from here
   * down.
   */
  readonly place: "above" | "top" | "below";
}

/** The next window, newest first and no more than a day back; null if all is compared for now. */
export function nextWindow(
  audited: Audited | null,
  granularity: Granularity,
  nowMs: number,
): AuditWindow | null {
  const seconds = GRANULARITY_SECONDS[granularity];
  const top = floor(nowMs / 1000 - SETTLE_SECONDS, seconds);
  const oldest = floor(top - DAY, seconds);
  const page = CANDLES * seconds;
  if (audited === null || audited.until < top - page) {
    return { from: epochSeconds(Math.max(oldest, top - page)), until: top, place: "top" };
  }
  if (top - audited.until >= REFRESH_SECONDS) {
    return { from: audited.until, until: top, place: "above" };
  }
  if (audited.from <= oldest) return null;
  const from = epochSeconds(Math.max(oldest, audited.from - page));
  return { from, until: audited.from, place: "below" };
}

/** How long until there is an hour of newer candles, in milliseconds. */
export function untilNewer(audited: Audited, nowMs: number): number {
  return (audited.until + REFRESH_SECONDS + SETTLE_SECONDS) * 1000 - nowMs + 1000;
}

/**
 * Our candles of a window (ascending) that can be compared, and from where on: above what was compared, all exact ones;
 * elsewhere down to the first that is not exact yet, where a later comparison continues.
 */
export function comparable(
  ours: readonly Candle[],
  { from, place }: AuditWindow,
): { readonly from: EpochSeconds; readonly candles: readonly Candle[] } {
  if (place === "above") return { from, candles: ours };
  const open = ours.findLast(({ exact }) => !exact);
  if (open === undefined) return { from, candles: ours };
  const end = bucketEnd(open.start, open.granularity);
  return { from: end, candles: ours.filter(({ start }) => start >= end) };
}

function floor(seconds: number, to: number): EpochSeconds {
  return epochSeconds(Math.floor(seconds / to) * to);
}
