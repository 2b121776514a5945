import type { Candle } from "../candles/candle.ts";
import { bucketEnd, type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import type { RunStart } from "./trade_run.ts";

/** Minutes whose trades may be incomplete, and the run above them that is to be extended. */
export interface Unproven extends RunStart {
  /** Everything that starts here or later is to be built. */
  readonly from: EpochSeconds;
  /** A page from here on shows a trade before that. */
  readonly shownFrom: EpochSeconds;
}

/**
 * The stretches of stored minutes that are not proven, newest first: those that are not exact, and what is between two
 * that do not join, or between the instant `since` (if given) and the first one. `minutes` ascend; those from `until`
 * on only show what comes after. A stretch above which no trade is stored is null, since no run can begin there, unless
 * `open` has a beginning: then nothing is known of what comes after the last minute.
 */
export function* unprovenWithin(
  minutes: readonly Candle[],
  until: EpochSeconds,
  since: EpochSeconds | null,
  joins: (earlier: Candle, later: Candle) => boolean,
  open: Pick<RunStart, "tradeId" | "at"> | null = null,
): Generator<Unproven | null> {
  let above: Candle | null = null;
  let lowest: EpochSeconds | null = open === null ? null : until;
  for (const minute of minutes.toReversed()) {
    const { start, exact } = minute;
    const end = bucketEnd(start, "ONE_MINUTE");
    if (start < until && !exact) {
      lowest = start;
      continue;
    }
    const isBroken = lowest !== null || (above !== null && !joins(minute, above));
    if (start < until && isBroken) yield runFrom(above ?? open, until, end);
    above = minute;
    lowest = null;
  }
  const from = since ?? lowest;
  if (from === null || (lowest === null && above === null)) return;
  yield runFrom(above ?? open, until, from);
}

function runFrom(
  above: Candle | Pick<RunStart, "tradeId" | "at"> | null,
  until: EpochSeconds,
  from: EpochSeconds,
): Unproven | null {
  // Where the minute below has trades of its last second alone, a page has to show older ones.
  const shownFrom = from - GRANULARITY_SECONDS.ONE_DAY as EpochSeconds;
  if (above !== null && "at" in above) return { ...above, until, from, shownFrom };
  if (above === null || above.firstTradeId === null) return null;
  const { start, firstTradeId } = above;
  const end = Math.min(start, until) as EpochSeconds;
  return { tradeId: firstTradeId, at: start, until: end, from, shownFrom };
}
