import type { Bucket, Buckets } from "./buckets.ts";
import { type Candle, mergeValues, valuesOf } from "./candle.ts";
import {
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "./granularity.ts";
import type { HeldWindow } from "./held_window.ts";

/** A bucket whose values have to be derived again. */
export interface Changed {
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
}

/**
 * Uses a closed candle of the exchange for a stretch whose trades are unknown, without publishing
 * it. Candles older than the minutes held are folded into their hour. Null where more is known
 * already.
 */
export function pinCandle(buckets: Buckets, held: HeldWindow, candle: Candle): Changed | null {
  const small = GRANULARITY_SECONDS[candle.granularity] < GRANULARITY_SECONDS.ONE_HOUR;
  const folds = small && candle.start < held.from;
  const granularity = folds ? "ONE_HOUR" : candle.granularity;
  const start = containingStart(candle.start, granularity);
  const bucket = buckets.getOrCreate(granularity, start);
  if (bucket.merge !== null && !bucket.partial) return null;
  if (bucket.published !== null) {
    if (granularity === "ONE_MINUTE") return null;
    // The parts that an earlier run knew are not in memory: deriving it from the rest would lack
    // them.
    bucket.pinned = true;
    if (!folds && !bucket.published.exact) bucket.given = valuesOf(candle);
    return { granularity, start };
  }
  bucket.given = given(bucket, candle, folds);
  bucket.pinned = true;
  return { granularity, start };
}

function given(bucket: Bucket, candle: Candle, folds: boolean) {
  const values = valuesOf(candle);
  return folds && bucket.given !== null ? mergeValues(bucket.given, values) : values;
}

/**
 * Replaces a closed minute whose trades cannot be fetched by the exchange's own; it will be
 * published, not exact and without counts. Null if the candle is exact, not a minute, or not held.
 */
export function replaceMinute(buckets: Buckets, held: HeldWindow, minute: Candle): Changed | null {
  if (minute.granularity !== "ONE_MINUTE" || minute.start < held.from) return null;
  const bucket = buckets.getOrCreate("ONE_MINUTE", minute.start);
  if (bucket.exact) return null;
  // The trades merged so far will not come a second time: they are used again once the minute is
  // whole.
  bucket.partial = bucket.merge !== null;
  bucket.pinned = false;
  bucket.given = valuesOf(minute);
  return { granularity: "ONE_MINUTE", start: minute.start };
}
