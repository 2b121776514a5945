import { type Candle, type CandleValues, mergeValues } from "./candle.ts";
import { ZERO } from "./decimal.ts";
import { type EpochSeconds, GRANULARITY_SECONDS } from "./granularity.ts";
import { type Multiple, multipleStart } from "./multiple.ts";
import type { WireCandle } from "./wire.ts";

/** What a range is built to be. */
export interface RangeOptions {
  readonly multiple: Multiple;
  /** Where the range begins, a bucket's start; null: with the first candle there is. */
  readonly from: EpochSeconds | null;
  /** The last candle (of `multiple.of`) before the range, if there is one: it tells the price meanwhile. */
  readonly before: Candle | null;
  /** Buckets without trades become candles that repeat the close before them. */
  readonly fill: boolean;
}

/**
 * Makes candles of a multiple out of those of a stored granularity, one by one, in memory of two. A merged candle is
 * exact only if its parts are, and the trade ids show that no part is missing.
 */
export class RangeBuilder {
  readonly #options: RangeOptions;
  /** The part that came last, or the one before the range. */
  #last: Candle | null;
  #bucket: Bucket | null = null;
  /** Where the next candle without trades would stand. */
  #next: EpochSeconds | null;
  #proven = true;

  constructor(options: RangeOptions) {
    this.#options = options;
    this.#last = options.before;
    this.#next = options.from;
  }

  /** Takes the next part, ascending, and gives what is over by it. */
  *push(part: Candle): Generator<WireCandle> {
    const { multiple, from } = this.#options;
    const start = multipleStart(part.start, multiple);
    const joined = this.#last !== null && runsOn(this.#last, part);
    this.#proven &&= part.exact && part.isComplete && (joined || part.start === from);
    if (this.#bucket?.start === start) this.#bucket = merged(this.#bucket, part, joined);
    else {
      if (this.#bucket !== null) yield this.#close(this.#bucket, joined, true);
      yield* this.#fill(start, joined);
      this.#bucket = opened(start, part, joined);
    }
    this.#last = part;
  }

  /**
   * The last candle, and with `fill` those without trades up to `until` (exclusive, a bucket's start). `after` is the
   * first part beyond the range, if it is known.
   */
  *finish(until: EpochSeconds, after: Candle | null): Generator<WireCandle> {
    const joined = after !== null && this.#last !== null && runsOn(this.#last, after);
    if (this.#bucket !== null) yield this.#close(this.#bucket, joined, after !== null);
    yield* this.#fill(until, joined);
  }

  /**
   * Whether all that was built is final, and no trade is missing from `from` up to `until`: `after` is the first part
   * at or after `until`.
   */
  isProven(until: EpochSeconds, after: Candle | null): boolean {
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
        yield quiet(last, start, multiple.name, proven);
      }
    }
    this.#next = endOf(until, multiple);
  }

  /** `joined`: no trade came between the bucket's last part and the next one. `passed`: there is a next one. */
  #close(bucket: Bucket, joined: boolean, passed: boolean): WireCandle {
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
  /** The sum of the parts' revisions: it grows with every change of one. */
  readonly revision: number;
  readonly last: Candle;
}

function opened(start: EpochSeconds, part: Candle, joined: boolean): Bucket {
  const { exact, revision } = part;
  return {
    start,
    values: part,
    exact: exact && (joined || part.start === start),
    revision,
    last: part,
  };
}

function merged(bucket: Bucket, part: Candle, joined: boolean): Bucket {
  return {
    start: bucket.start,
    values: mergeValues(bucket.values, part),
    exact: bucket.exact && part.exact && joined,
    revision: bucket.revision + part.revision,
    last: part,
  };
}

/**
 * Whether it is certain that no trade came between two candles of one granularity. An exact candle is proven up to the first trade after
 * it, so where they do not touch, the ids must run on.
 */
export function runsOn(earlier: Candle, later: Candle): boolean {
  if (!earlier.exact || !later.exact) return false;
  return later.start === earlier.start + GRANULARITY_SECONDS[earlier.granularity] ||
    (earlier.lastTradeId !== null && later.firstTradeId === earlier.lastTradeId + 1);
}

function quiet(last: Candle, start: EpochSeconds, granularity: string, exact: boolean): WireCandle {
  const { close, productId } = last;
  return {
    productId,
    granularity,
    start,
    open: close,
    high: close,
    low: close,
    close,
    volume: ZERO,
    trades: 0,
    quoteVolume: ZERO,
    buyVolume: ZERO,
    firstTradeId: null,
    lastTradeId: null,
    isComplete: true,
    exact,
    revision: 0,
  };
}

function endOf(start: EpochSeconds, { seconds }: Multiple): EpochSeconds {
  return start + seconds as EpochSeconds;
}
