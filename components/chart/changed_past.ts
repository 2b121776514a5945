import { type EpochSeconds, epochSeconds } from "../../lib/candles/granularity.ts";
import { type Multiple, multipleStart } from "../../lib/candles/multiple.ts";
import type { PastNews } from "./past_news.ts";

/** Starts from `from` (inclusive) to `until` (exclusive), epoch seconds. */
export interface PastStretch {
  readonly from: EpochSeconds;
  /** Null for all there is. */
  readonly until: EpochSeconds | null;
}

/**
 * Which of a chart's candles may have changed in the database without being streamed: those that have become exact, or
 * any of them once more of the past is stored. `oldest` is the start of the chart's first candle. Null for none.
 */
export function changedPast(
  news: Pick<PastNews, "exact" | "version">,
  before: Pick<PastNews, "exact" | "version">,
  oldest: EpochSeconds,
  multiple: Multiple,
): PastStretch | null {
  if (news.version !== before.version) return { from: oldest, until: null };
  const { since } = news.exact;
  const sinceBefore = before.exact.since;
  if (since === null || since === sinceBefore) return null;
  const begin = multipleStart(since, multiple);
  const from = begin > oldest ? begin : oldest;
  const until = sinceBefore === null
    ? null
    : epochSeconds(multipleStart(sinceBefore, multiple) + multiple.seconds);
  return until === null || from < until ? { from, until } : null;
}

/** The least stretch that has both in it; null for none. */
export function bothPasts(a: PastStretch | null, b: PastStretch | null): PastStretch | null {
  if (a === null || b === null) return a ?? b;
  const isOpen = a.until === null || b.until === null;
  return {
    from: a.from < b.from ? a.from : b.from,
    until: isOpen ? null : (a.until ?? 0) > (b.until ?? 0) ? a.until : b.until,
  };
}
