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

/** What is stored beside proven minutes: all candles of these starts, and neighbours. */
export interface PastWindow {
  /** Minutes, and what is smaller than an hour. */
  readonly smallFrom: EpochSeconds;
  readonly smallUntil: EpochSeconds;
  /** Hours, and what is larger. */
  readonly largeFrom: EpochSeconds;
  readonly largeUntil: EpochSeconds;
}

/** The hours and days around proven minutes: all that can become exact by them lies within. */
export function windowOf({ from, until }: Pick<ProvenMinutes, "from" | "until">): PastWindow {
  const last = Math.max(from, until - 60) as EpochSeconds;
  return {
    smallFrom: containingStart(from, "ONE_HOUR"),
    smallUntil: bucketEnd(containingStart(last, "ONE_HOUR"), "ONE_HOUR"),
    largeFrom: containingStart(from, "ONE_DAY"),
    largeUntil: bucketEnd(containingStart(last, "ONE_DAY"), "ONE_DAY"),
  };
}

/** What is known of the past besides the minutes. */
export interface PastBounds {
  /** Larger candles that start before are not wholly known; Infinity for none. */
  readonly from: number;
  /** Candles of a granularity that end later are made elsewhere. */
  readonly until: (granularity: Granularity) => number;
  /** The first start of a granularity that is kept. */
  readonly keptFrom: (granularity: Granularity) => number;
  /** Whether no trade came between two neighbours. */
  readonly joins: (earlier: Candle, later: Candle) => boolean;
  /** Whether all that was traded from an instant to the next candle is stored. */
  readonly isWholeFrom: (start: EpochSeconds) => boolean;
  /** All that was traded until then is stored. */
  readonly wholeUntil: number;
}

/**
 * The candles that proven minutes make better than those stored: minutes that are not exact yet, and every larger candle
 * around them whose parts are all exact now and run on. `stored` is what `windowOf` names, in any order, with the minutes
 * and the hours next to it on both sides. Smallest first, revisions continuing.
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
    // One that reaches to the bucket's end needs nothing after it.
    isWhole = bucketEnd(part.start, part.granularity) === end;
    last = part;
  }
  return isWhole || end <= wholeUntil ? values : null;
}

function nameOf({ granularity, start }: Pick<Candle, "granularity" | "start">): string {
  return `${granularity} ${start}`;
}
