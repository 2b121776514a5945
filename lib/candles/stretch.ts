import type { Candle, CandleValues } from "./candle.ts";
import { GRANULARITY_SECONDS } from "./granularity.ts";

/** What deciding on the part before a stretch needs of its first part. */
export type FirstPart = Pick<Candle, "start" | "exact" | "firstTradeId">;

/** What deciding on the part after a stretch needs of its last part. */
export type LastPart = Pick<
  Candle,
  "productId" | "granularity" | "start" | "exact" | "isComplete" | "lastTradeId"
>;

/**
 * Consecutive parts of one bucket and one stored granularity, merged into one. Since a candle is a
 * merge, a range built from stretches equals the range built from their parts, wherever the merging
 * was done. One part alone is a stretch too.
 */
export interface Stretch {
  readonly first: FirstPart;
  readonly last: LastPart;
  readonly values: CandleValues;
  /** Every part is exact, and between neighbours no trade can be missing. */
  readonly unbroken: boolean;
  /** The sum of the parts' revisions: it grows with every change of one. */
  readonly revision: number;
}

/** One part as a stretch. */
export function stretchOf(part: Candle): Stretch {
  return { first: part, last: part, values: part, unbroken: part.exact, revision: part.revision };
}

/**
 * Whether it is certain that no trade came between two parts of one granularity. An exact candle is
 * proven up to the first trade after it, so where they do not touch, the ids must be contiguous.
 */
export function runsOn(
  earlier: Pick<LastPart, "granularity" | "start" | "exact" | "lastTradeId">,
  later: FirstPart,
): boolean {
  if (!earlier.exact || !later.exact) return false;
  return later.start === earlier.start + GRANULARITY_SECONDS[earlier.granularity] ||
    (earlier.lastTradeId !== null && later.firstTradeId === earlier.lastTradeId + 1);
}
