import type { Candle } from "../../../lib/candles/candle.ts";

type Started = Pick<Candle, "start">;

/**
 * The time (epoch seconds) at a place among candles, which ascend by start and last `length` seconds. Places are counted
 * from the oldest, may lie between candles, and beyond both ends continue as if there were more. NaN for no candles.
 */
export function timeAt(candles: readonly Started[], place: number, length: number): number {
  const last = candles.length - 1;
  const at = Math.max(0, Math.min(last, Math.floor(place)));
  const start = candles[at]?.start ?? NaN;
  const next = candles[at + 1]?.start;
  const isBetween = place >= 0 && next !== undefined;
  return start + (place - at) * (isBetween ? next - start : length);
}

/** The place at which a time is: the inverse of `timeAt`. NaN for no candles. */
export function placeAt(candles: readonly Started[], time: number, length: number): number {
  const at = lastUpTo(candles, time);
  const first = candles[0]?.start ?? NaN;
  if (at < 0) return (time - first) / length;
  const start = candles[at]?.start ?? NaN;
  const next = candles[at + 1]?.start;
  return at + (time - start) / (next === undefined ? length : next - start);
}

/** The index of the last candle that has begun at a time (epoch seconds); -1 if none has. */
export function lastUpTo(candles: readonly Started[], time: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((candles[middle]?.start ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
