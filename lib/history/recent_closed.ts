import { type Candle, type CandleState, compareStates } from "../candles/candle.ts";
import type { CandleQuery } from "../store/candle_store.ts";

/** A closed candle that came over the bus recently, decoded only when needed. */
export interface RecentClosed extends CandleState {
  /** Epoch seconds. */
  readonly start: number;
  /** Null if its bytes are not a candle. */
  read(): Candle | null;
}

/**
 * Merges stored candles of a range with those that closed recently and are not stored yet. Without these a page would
 * have a hole, or a lower state, between the stored candles and the current one. `stored` is ascending, at most
 * `query.limit`, and from the end of the range that `side` names.
 */
export function withRecentClosed(
  stored: readonly Candle[],
  recent: Iterable<RecentClosed>,
  query: CandleQuery,
  side: "oldest" | "newest",
): readonly Candle[] {
  const isFull = stored.length >= query.limit;
  const from = isFull && side === "newest" ? stored[0]?.start : query.start;
  const to = isFull && side === "oldest" ? stored.at(-1)?.start : undefined;
  const changed = new Map<number, Candle>();
  for (const next of recent) {
    const { start } = next;
    if (start < (from ?? 0) || start > (to ?? Infinity) || start >= (query.end ?? Infinity)) {
      continue;
    }
    const held = changed.get(start) ?? stored[placeOf(stored, start)];
    if (held?.start === start && compareStates(next, held) <= 0) continue;
    const candle = next.read();
    if (candle !== null) changed.set(start, candle);
  }
  if (changed.size === 0) return stored;
  const kept = stored.filter(({ start }) => !changed.has(start));
  const all = [...kept, ...changed.values()].sort((a, b) => a.start - b.start);
  return side === "newest" ? all.slice(-query.limit) : all.slice(0, query.limit);
}

/** The index of the first candle that does not start before `start`. */
function placeOf(candles: readonly Candle[], start: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((candles[middle]?.start ?? Infinity) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
