import { type Candle, candleOf, type CandleValues, mergeValues } from "../candles/candle.ts";
import {
  bucketEnd,
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
  LARGER_GRANULARITIES,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProvenMinutes } from "./trade_run.ts";

/**
 * The stored candles around proven minutes that are read: all with these starts, and neighbours.
 */
export interface PastWindow {
  /** Minutes and other candles shorter than an hour. */
  readonly smallFrom: EpochSeconds;
  readonly smallUntil: EpochSeconds;
  /** Hours and larger candles. */
  readonly largeFrom: EpochSeconds;
  readonly largeUntil: EpochSeconds;
}

/** The hours and days around proven minutes, within which candles can become exact. */
export function windowOf({ from, until }: Pick<ProvenMinutes, "from" | "until">): PastWindow {
  const last = Math.max(from, until - 60) as EpochSeconds;
  return {
    smallFrom: containingStart(from, "ONE_HOUR"),
    smallUntil: bucketEnd(containingStart(last, "ONE_HOUR"), "ONE_HOUR"),
    largeFrom: containingStart(from, "ONE_DAY"),
    largeUntil: bucketEnd(containingStart(last, "ONE_DAY"), "ONE_DAY"),
  };
}

/** Bounds of the known past. */
export interface PastBounds {
  /** Larger candles that start before this are not wholly known; Infinity: none is. */
  readonly from: number;
  /** Candles of a granularity that end later are derived elsewhere. */
  readonly until: (granularity: Granularity) => number;
  /** The earliest start of a granularity by its retention. */
  readonly keptFrom: (granularity: Granularity) => number;
  /** Whether no trade came between two neighbours. */
  readonly joins: (earlier: Candle, later: Candle) => boolean;
  /** Whether all that was traded from an instant to the next candle is stored. */
  readonly isWholeFrom: (start: EpochSeconds) => boolean;
  /** The time up to which all trades are stored. */
  readonly wholeUntil: number;
}

/**
 * The candles that proven minutes improve: minutes that were not exact, and every larger candle around them whose parts
 * are now all exact and contiguous. `stored` has the candles of `windowOf`, in any order, with the neighbouring minutes
 * and hours on both sides. Smallest first, with continued revisions.
 */
export function betterCandles(
  productId: ProductId,
  proven: ProvenMinutes,
  stored: readonly Candle[],
  bounds: PastBounds,
): Candle[] {
  const held = new Map(stored.map((candle) => [nameOf(candle), candle]));
  const better: Candle[] = [];
  const replace = (granularity: Granularity, start: EpochSeconds, values: CandleValues) => {
    const before = held.get(`${granularity} ${start}`);
    if (before?.exact === true || start < bounds.keptFrom(granularity)) return;
    const revision = before === undefined ? 0 : before.revision + 1;
    const state = { isComplete: true, exact: true, revision };
    const candle = candleOf(productId, granularity, start, values, state);
    held.set(nameOf(candle), candle);
    better.push(candle);
  };
  for (const { start, values } of proven.minutes) replace("ONE_MINUTE", start, values);
  if (bounds.from === Infinity) return better;
  const window = windowOf(proven);
  for (const granularity of LARGER_GRANULARITIES) {
    const isSmall = GRANULARITY_SECONDS[granularity] <= GRANULARITY_SECONDS.ONE_HOUR;
    const of = isSmall ? "ONE_MINUTE" : "ONE_HOUR";
    const parts = partsOf(held.values(), of);
    const first = containingStart(isSmall ? proven.from : window.largeFrom, granularity);
    const end = isSmall ? proven.until : window.largeUntil;
    for (let start = first; start < end; start = bucketEnd(start, granularity)) {
      const isKnown = start >= Math.max(bounds.from, bounds.keptFrom(of)) &&
        bucketEnd(start, granularity) <= bounds.until(granularity);
      const values = isKnown ? mergedExact(parts, start, granularity, bounds) : null;
      if (values !== null) replace(granularity, start, values);
    }
  }
  return better;
}

function partsOf(candles: Iterable<Candle>, of: Granularity): Candle[] {
  return [...candles].filter(({ granularity }) => granularity === of)
    .sort((a, b) => a.start - b.start);
}

/** A bucket's values if nothing of it can be missing. */
function mergedExact(
  parts: readonly Candle[],
  start: EpochSeconds,
  granularity: Granularity,
  { joins, isWholeFrom, wholeUntil }: PastBounds,
): CandleValues | null {
  const end = bucketEnd(start, granularity);
  const first = parts.findIndex((part) => part.start >= start);
  let values: CandleValues | null = null;
  let last = first < 0 ? undefined : parts[first - 1];
  let isWhole = parts[first]?.start === start || isWholeFrom(start);
  for (let i = first; i >= 0 && i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined || (part.start >= end && end <= wholeUntil)) break;
    isWhole ||= last !== undefined && joins(last, part);
    if (part.start >= end) return isWhole ? values : null;
    if (!part.exact || !isWhole) return null;
    values = values === null ? part : mergeValues(values, part);
    // A part that reaches the bucket's end needs no successor.
    isWhole = bucketEnd(part.start, part.granularity) === end;
    last = part;
  }
  return isWhole || end <= wholeUntil ? values : null;
}

function nameOf({ granularity, start }: Pick<Candle, "granularity" | "start">): string {
  return `${granularity} ${start}`;
}
