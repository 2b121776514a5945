import type { IdGap } from "../candles/id_intervals.ts";
import type { Trade } from "../candles/trade.ts";
import type { TradesAnswer } from "../exchange/trade_source.ts";

/** The place of the walk within one stretch of missing ids, between the run above it and the one below. */
export interface WalkPlace {
  /** When its next page is due. */
  readonly dueMs: number;
  /** Consecutive pages that brought nothing. */
  readonly attempts: number;
  /** The next page ends with this second (epoch); null: with that of the stretch's end. */
  readonly endS: number | null;
  /** Between that end and the run above are more trades of one second than a page shows. */
  readonly isBelowBurst: boolean;
  /** Whether the exchange's candles are used for what its pages do not show. */
  readonly isEstimated: boolean;
  /** Whether they are used for all of it until the walk is done, since it is long. */
  readonly hasStandIns: boolean;
  /** Whether the rest of it is older than the minutes in memory. */
  readonly isAged: boolean;
}

/** How the walk through the rest of a stretch continues: from a place, or without trades for now. */
export type Continuation =
  | { readonly kind: "walk"; readonly place: WalkPlace }
  | { readonly kind: "estimate" | "unfilled" | "aged" };

/** A page that was requested for a stretch and taken. */
export interface PageTaken {
  readonly stretch: IdGap;
  readonly place: WalkPlace;
  readonly page: TradesAnswer;
  /** The second (epoch) that it was requested to end with. */
  readonly endS: number;
  /** Minutes in memory begin here. */
  readonly heldMs: number;
  readonly nowMs: number;
}

/** How many pages with rows that cannot be read are requested again before what they show is taken for all. */
const UNREADABLE_ATTEMPTS = 3;

/** A place at the end of a stretch, from an instant on. */
export function placeAtEnd(dueMs: number): WalkPlace {
  return {
    dueMs,
    attempts: 0,
    endS: null,
    isBelowBurst: false,
    isEstimated: false,
    hasStandIns: false,
    isAged: false,
  };
}

/** What a page means for a remaining piece of its stretch. Pages are by whole seconds, their trades ascending by id. */
export function continuationOf(
  piece: Pick<IdGap, "fromId" | "toId">,
  { stretch, place, page, endS, heldMs, nowMs }: PageTaken,
): Continuation {
  const { trades } = page;
  const oldest = trades[0];
  const newest = trades[trades.length - 1];
  if (oldest === undefined || newest === undefined) return { kind: "unfilled" };
  const isTop = piece.toId === stretch.toId;
  const meets = newest.tradeId > stretch.toId;
  // Rather than one second's many trades, it may be rows that could not be read this time.
  const mayHideOlder = page.unreadable > 0 && place.attempts < UNREADABLE_ATTEMPTS;
  // The listing lacks what comes right below the run, because it lags or because one page cannot hold it.
  if (isTop && !meets) return { kind: place.isBelowBurst ? "estimate" : "unfilled" };
  if (piece.fromId === stretch.fromId && oldest.timeMs < heldMs) return { kind: "aged" };
  if (!isTop) {
    if (piece.fromId !== stretch.fromId) return { kind: "unfilled" };
    const next = { ...placeAtEnd(nowMs), hasStandIns: place.hasStandIns };
    if (!isStuck(oldest, endS)) return { kind: "walk", place: next };
    if (mayHideOlder) return { kind: "unfilled" };
    return { kind: "walk", place: { ...next, endS: below(oldest, endS), isBelowBurst: true } };
  }
  // Some of it was listed, but could not be read or is not a proven neighbour.
  if (oldest.tradeId <= stretch.toId) return { kind: "unfilled" };
  if (!isStuck(oldest, endS)) {
    return {
      kind: "walk",
      place: { ...place, dueMs: nowMs, endS: secondAfter(oldest.timeMs) },
    };
  }
  if (place.isEstimated) return { kind: "estimate" };
  if (mayHideOlder) return { kind: "unfilled" };
  const next = below(oldest, endS);
  if (next * 1000 <= stretch.fromTimeMs - 1000) return { kind: "unfilled" };
  return {
    kind: "walk",
    place: { ...place, dueMs: nowMs, endS: next, isBelowBurst: true },
  };
}

/** The whole second (epoch) that ends after an instant. */
export function secondAfter(timeMs: number): number {
  return Math.floor(timeMs / 1000) + 1;
}

/**
 * Whether a page that ends where this one begins would be the same, because its second has more trades than a page
 * shows.
 */
function isStuck(oldest: Trade, endS: number): boolean {
  return secondAfter(oldest.timeMs) >= endS;
}

/** The end of a page below that second. */
function below(oldest: Trade, endS: number): number {
  return Math.min(Math.floor(oldest.timeMs / 1000), endS - 1);
}
