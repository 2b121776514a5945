import type { CandleValues } from "./candle.ts";
import type { EpochSeconds, Granularity } from "./granularity.ts";
import {
  bucketEnd,
  containingStart,
  GRANULARITIES,
  GRANULARITY_SECONDS,
  partOf,
} from "./granularity.ts";
import { MarkedBuckets } from "./marked_buckets.ts";
import type { MinuteMerge } from "./minute.ts";
import { ValuesMerge } from "./values_merge.ts";

/** The state in which a closed candle was last published. */
export interface PublishedState {
  readonly values: CandleValues;
  readonly exact: boolean;
  readonly revision: number;
  /**
   * Other content was published under this revision: the values must be published again under the
   * next one.
   */
  readonly outdone?: boolean;
}

/** One stretch of time of one granularity. */
export interface Bucket {
  readonly start: EpochSeconds;
  /** Minutes only: the trades merged here. */
  merge: MinuteMerge | null;
  /** Minutes only: `merge` began in mid-minute, so `given` is used until the merge is whole. */
  partial: boolean;
  /** Values that came from outside: a stored candle or the exchange's own. */
  given: CandleValues | null;
  /** `given` is final for this bucket: none of its parts are known. */
  pinned: boolean;
  /** The best values known now. */
  values: CandleValues | null;
  exact: boolean;
  /** Larger buckets only: all parts are exact, but the ids between them are not yet contiguous. */
  awaitsProof: boolean;
  published: PublishedState | null;
  /** Whether it is among its level's `MarkedBuckets`, and which of them comes next. */
  isMarked: boolean;
  nextMarked: Bucket | null;
}

/** From when on a product's candles can be derived; all in epoch seconds, possibly infinite. */
export interface Coverage {
  /** Buckets that start here or later are wholly built from trades, gaps apart. */
  readonly tradesFrom: number;
  /** Buckets that start here or later can be derived, with the help of pinned candles. */
  readonly coveredFrom: number;
  /** Minutes, and what is smaller than an hour, are in memory from here on. */
  readonly heldFrom: number;
}

/** The buckets of one granularity. */
interface Level {
  readonly granularity: Granularity;
  readonly buckets: Map<EpochSeconds, Bucket>;
  readonly marked: MarkedBuckets;
  /**
   * The bucket last created or marked. It is usually the one wanted, so that a comparison replaces
   * a look-up.
   */
  recent: Bucket | null;
  /** The level that this one is derived from; null for minutes. */
  below: Level | null;
  /** The levels that are merged from this one. */
  readonly larger: Level[];
}

type IsUnbroken = (values: CandleValues, start: EpochSeconds | null, end: EpochSeconds) => boolean;

/**
 * One product's buckets in memory. A larger bucket's values are the merge of those one level below, so that one trade
 * costs one merge and the other seven are derived on request.
 */
export class Buckets {
  /** Smallest first. */
  readonly #levels: readonly Level[] = openLevels();
  readonly #level = new Map(this.#levels.map((level) => [level.granularity, level]));
  readonly #merge = new ValuesMerge();

  get(granularity: Granularity, start: EpochSeconds): Bucket | null {
    const level = this.#level.get(granularity);
    return level === undefined ? null : find(level, start);
  }

  getOrCreate(granularity: Granularity, start: EpochSeconds): Bucket {
    const level = this.#level.get(granularity);
    if (level === undefined) throw new RangeError(`not a granularity: ${granularity}`);
    return findOrCreate(level, start);
  }

  /** One granularity's buckets, in no order. */
  of(granularity: Granularity): Iterable<Bucket> {
    return this.#level.get(granularity)?.buckets.values() ?? [];
  }

  /**
   * The next `refresh` derives again the larger buckets that contain the bucket of `below` starting
   * at `start`.
   */
  markParents(start: EpochSeconds, below: Granularity): void {
    for (const level of this.#level.get(below)?.larger ?? []) {
      level.marked.add(findOrCreate(level, containingStart(start, level.granularity)));
    }
  }

  /** The next `refresh` will derive this larger bucket again, the next `takeMinute` give this minute, if there is one. */
  mark(granularity: Granularity, start: EpochSeconds): void {
    const bucket = granularity === "ONE_MINUTE"
      ? this.get(granularity, start)
      : this.getOrCreate(granularity, start);
    if (bucket !== null) this.#level.get(granularity)?.marked.add(bucket);
  }

  /** Takes one marked minute and unmarks it; null if none is marked. */
  takeMinute(): Bucket | null {
    const [minutes] = this.#levels;
    return minutes === undefined ? null : takeMarked(minutes);
  }

  /**
   * Derives what was marked, smallest first, and hands each one to `touched`. `isUnbroken`: whether
   * the trade ids are contiguous from before a start (if one is given) to beyond the last trade of
   * a bucket.
   */
  refresh(
    coverage: Coverage,
    isUnbroken: IsUnbroken,
    touched: (granularity: Granularity, bucket: Bucket) => void,
  ): void {
    for (const level of this.#levels) {
      const { granularity } = level;
      if (granularity === "ONE_MINUTE") continue;
      for (let bucket = takeMarked(level); bucket !== null; bucket = takeMarked(level)) {
        // Published as exact is final. After a restart, ids that never existed look like a gap
        // again; that must not undo it.
        if (bucket.published?.exact === true) bucket.awaitsProof = false;
        else if (derives(granularity, bucket, coverage)) this.#derive(level, bucket, isUnbroken);
        else bucket.values = bucket.given;
        touched(granularity, bucket);
      }
    }
  }

  /**
   * Whether every bucket of up to an hour between two hours' starts was published as exact, so that
   * none can change.
   */
  isFinal(from: number, to: number): boolean {
    for (const { granularity, buckets } of this.#levels) {
      if (GRANULARITY_SECONDS[granularity] > GRANULARITY_SECONDS.ONE_HOUR) break;
      for (const { start, values, published } of buckets.values()) {
        if (start < from || start >= to) continue;
        if (values === null || published?.exact !== true) return false;
      }
    }
    return true;
  }

  /**
   * Forgets buckets shorter than an hour before `heldFrom` (an hour's start), and longer ones
   * before its day. Hours that lose their minutes keep their values.
   */
  forgetBefore(heldFrom: EpochSeconds): void {
    const day = containingStart(heldFrom, "ONE_DAY");
    for (const level of this.#levels) {
      const { granularity, buckets } = level;
      level.recent = null;
      const small = GRANULARITY_SECONDS[granularity] < GRANULARITY_SECONDS.ONE_HOUR;
      const limit = small ? heldFrom : day;
      for (const [start, bucket] of buckets) {
        if (start < limit) buckets.delete(start);
        else if (granularity === "ONE_HOUR" && start < heldFrom) bucket.given = bucket.values;
      }
    }
  }

  #derive({ granularity, below }: Level, bucket: Bucket, isUnbroken: IsUnbroken): void {
    if (below === null) return;
    const step = GRANULARITY_SECONDS[below.granularity];
    const end = bucketEnd(bucket.start, granularity);
    let exact = true;
    let first: Bucket | null = null;
    for (let at: number = bucket.start; at < end; at += step) {
      const part = find(below, at as EpochSeconds);
      if (part === null) continue;
      exact &&= part.exact;
      if (part.values === null) continue;
      first ??= part;
      this.#merge.add(part.values);
    }
    const values = this.#merge.take();
    bucket.values = values;
    // Even where every part is exact, a part before, between or after them may be missing (lost in
    // a crash, for example).
    const start = first?.start === bucket.start ? null : bucket.start;
    bucket.exact = exact && values !== null && isUnbroken(values, start, end);
    bucket.awaitsProof = exact && values !== null && !bucket.exact;
  }
}

function openLevels(): Level[] {
  const levels = GRANULARITIES.map((granularity): Level => ({
    granularity,
    buckets: new Map(),
    marked: new MarkedBuckets(),
    recent: null,
    below: null,
    larger: [],
  }));
  for (const level of levels) {
    const { granularity, larger } = level;
    level.below = levels.find((other) => other.granularity === partOf(granularity)) ?? null;
    const length = GRANULARITY_SECONDS[granularity];
    for (const other of levels) {
      const seconds = GRANULARITY_SECONDS[other.granularity];
      if (seconds > length && seconds % length === 0) larger.push(other);
    }
  }
  return levels;
}

function find({ recent, buckets }: Level, start: EpochSeconds): Bucket | null {
  return recent !== null && recent.start === start ? recent : buckets.get(start) ?? null;
}

function findOrCreate(level: Level, start: EpochSeconds): Bucket {
  return level.recent = find(level, start) ?? create(level, start);
}

function create({ buckets }: Level, start: EpochSeconds): Bucket {
  const bucket: Bucket = {
    start,
    merge: null,
    partial: false,
    given: null,
    pinned: false,
    values: null,
    exact: false,
    awaitsProof: false,
    published: null,
    isMarked: false,
    nextMarked: null,
  };
  buckets.set(start, bucket);
  return bucket;
}

/** The next marked bucket that has not been forgotten since; null if there is none. */
function takeMarked(level: Level): Bucket | null {
  const { marked } = level;
  for (let bucket = marked.take(); bucket !== null; bucket = marked.take()) {
    if (find(level, bucket.start) === bucket) return bucket;
  }
  return null;
}

function derives(granularity: Granularity, bucket: Bucket, coverage: Coverage): boolean {
  if (bucket.start < coverage.coveredFrom) return false;
  if (bucket.pinned && bucket.start < coverage.tradesFrom) return false;
  const needsMinutes = GRANULARITY_SECONDS[granularity] <= GRANULARITY_SECONDS.ONE_HOUR;
  return !needsMinutes || bucket.start >= coverage.heldFrom;
}
