import { type EpochSeconds, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import type { Urgency } from "../exchange/trade_source.ts";
import type { CandleSource } from "./day_placeholders.ts";
import type { CandleRange, KeptCandles } from "./known_candles.ts";

/** Most candles of one request. */
export const PIECE_CANDLES = 300;

/** The number of requests that ranges take. */
export function countPieces(ranges: readonly CandleRange[]): number {
  return ranges.reduce(
    (sum, range) => sum + Math.ceil((range.end - range.start) / secondsOf(range)),
    0,
  );
}

/** Splits ranges into requests, each range from its end on. */
export function* piecesOf(ranges: readonly CandleRange[]): Generator<CandleRange> {
  for (const range of ranges) {
    for (let { end } = range; end > range.start;) {
      const start = Math.max(range.start, end - secondsOf(range)) as EpochSeconds;
      yield { ...range, start, end };
      end = start;
    }
  }
}

/** Interleaves pieces: every list's newest one comes before any list's older ones. */
export function* inTurn(
  lists: readonly Iterator<CandleRange>[],
): Generator<CandleRange> {
  let left = lists;
  while (left.length > 0) {
    const next: Iterator<CandleRange>[] = [];
    for (const list of left) {
      const { value, done } = list.next();
      if (done === true) continue;
      next.push(list);
      yield value;
    }
    left = next;
  }
}

/**
 * Fetches one piece of the exchange's candles, stores it and records the range, so that it is not requested again.
 * Candles built from trades are never replaced. Returns how many were written.
 */
export async function storePiece(
  piece: CandleRange,
  source: CandleSource,
  kept: Pick<KeptCandles, "keep">,
  urgency: Urgency = {},
): Promise<number> {
  const { productId, granularity, start, end } = piece;
  const found = await source.candles(productId, granularity, start, end, urgency);
  return await kept.keep(piece, found.map(estimateOf));
}

function secondsOf({ granularity }: CandleRange): number {
  return PIECE_CANDLES * GRANULARITY_SECONDS[granularity];
}
