import { type CandleValues, mergeValues, quietValues } from "./candle.ts";
import { type Decimal, ZERO } from "./decimal.ts";
import { type EpochSeconds, GRANULARITY_SECONDS } from "./granularity.ts";
import { type Multiple, multipleStart } from "./multiple.ts";
import { type FirstPart, type LastPart, runsOn, type Stretch } from "./stretch.ts";
import type { WireCandle } from "./wire.ts";

/** What a range is built to be. */
export interface RangeOptions {
  readonly multiple: Multiple;
  /** Where the range begins, a bucket's start; null: with the first candle there is. */
  readonly from: EpochSeconds | null;
  /**
   * The last stretch (of `multiple.of`) before the range, if there is one: its close is the price
   * until the first trade.
   */
  readonly before: Pick<Stretch, "last" | "values"> | null;
  /** Buckets without trades become candles that repeat the close before them. */
  readonly fill: boolean;
}

/**
 * Merges candles of a stored granularity into those of a multiple, one stretch after the other,
 * holding two in memory. A merged candle is exact only if its parts are and the trade ids show that
 * no part is missing.
 */
export class RangeBuilder {
  readonly #options: RangeOptions;
  /** The last part taken, or the one before the range. */
  #last: LastPart | null;
  #close: Decimal;
  #bucket: Bucket | null = null;
  /** Where the next candle without trades would stand. */
  #next: EpochSeconds | null;
  #proven = true;

  constructor(options: RangeOptions) {
    this.#options = options;
    this.#last = options.before?.last ?? null;
    this.#close = options.before?.values.close ?? ZERO;
    this.#next = options.from;
  }

  /** Takes the next stretch, ascending, and yields the candles that are over by then. */
  *push(stretch: Stretch): Generator<WireCandle> {
    const { multiple, from } = this.#options;
    const { first, last, unbroken } = stretch;
    const start = multipleStart(first.start, multiple);
    const joined = this.#last !== null && runsOn(this.#last, first);
    this.#proven &&= unbroken && last.isComplete && (joined || first.start === from);
    if (this.#bucket?.start === start) this.#bucket = merged(this.#bucket, stretch, joined);
    else {
      if (this.#bucket !== null) yield this.#closed(this.#bucket, joined, true);
      yield* this.#fill(start, joined);
      this.#bucket = opened(start, stretch, joined);
    }
    this.#last = last;
    this.#close = stretch.values.close;
  }

  /**
   * Yields the last candle, and with `fill` those without trades up to `until` (exclusive, a
   * bucket's start). `after` is the first part beyond the range, if known.
   */
  *finish(until: EpochSeconds, after: FirstPart | null): Generator<WireCandle> {
    const joined = after !== null && this.#last !== null && runsOn(this.#last, after);
    if (this.#bucket !== null) yield this.#closed(this.#bucket, joined, after !== null);
    yield* this.#fill(until, joined);
  }

  /**
   * Whether every candle built is final and no trade is missing from `from` up to `until`. `after`
   * is the first part at or after `until`.
   */
  isProven(until: EpochSeconds, after: FirstPart | null): boolean {
    const { from, multiple } = this.#options;
    const last = this.#last;
    if (!this.#proven || from === null || last === null) return false;
    const reaches = last.start + GRANULARITY_SECONDS[multiple.of] >= until;
    return last.exact && (reaches || (after !== null && runsOn(last, after)));
  }

  *#fill(until: EpochSeconds, proven: boolean): Generator<WireCandle> {
    const { fill, multiple } = this.#options;
    const last = this.#last;
    if (fill && last !== null && this.#next !== null) {
      for (let start = this.#next; start < until; start = endOf(start, multiple)) {
        yield quiet(last, this.#close, start, multiple.name, proven);
      }
    }
    this.#next = endOf(until, multiple);
  }

  /** `joined`: no trade came between the bucket's last part and the next one. `passed`: there is a next one. */
  #closed(bucket: Bucket, joined: boolean, passed: boolean): WireCandle {
    const { multiple } = this.#options;
    const { start, values, exact, revision, last } = bucket;
    const isFull = last.start + GRANULARITY_SECONDS[multiple.of] === endOf(start, multiple);
    return {
      ...values,
      productId: last.productId,
      granularity: multiple.name,
      start,
      isComplete: isFull ? last.isComplete : passed,
      exact: exact && (isFull || joined),
      revision,
    };
  }
}

interface Bucket {
  readonly start: EpochSeconds;
  readonly values: CandleValues;
  readonly exact: boolean;
  readonly revision: number;
  readonly last: LastPart;
}

function opened(start: EpochSeconds, stretch: Stretch, joined: boolean): Bucket {
  const { first, last, values, unbroken, revision } = stretch;
  return { start, values, exact: unbroken && (joined || first.start === start), revision, last };
}

function merged(bucket: Bucket, stretch: Stretch, joined: boolean): Bucket {
  return {
    start: bucket.start,
    values: mergeValues(bucket.values, stretch.values),
    exact: bucket.exact && stretch.unbroken && joined,
    revision: bucket.revision + stretch.revision,
    last: stretch.last,
  };
}

function quiet(
  { productId }: LastPart,
  close: Decimal,
  start: EpochSeconds,
  granularity: string,
  exact: boolean,
): WireCandle {
  const state = { isComplete: true, exact, revision: 0 };
  return { productId, granularity, start, ...quietValues(close), ...state };
}

function endOf(start: EpochSeconds, { seconds }: Multiple): EpochSeconds {
  return start + seconds as EpochSeconds;
}
