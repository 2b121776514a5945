import type { Bucket, Buckets, Coverage } from "./buckets.ts";
import { type EpochSeconds, GRANULARITIES, type Granularity } from "./granularity.ts";
import type { Proof } from "./proof.ts";

/**
 * Tracks which of a product's buckets are out of date, and brings them up to date: minutes first,
 * then what is derived from them. A trade marks only its minute; deriving waits until candles are
 * taken. Owned by the aggregator.
 */
export class StaleBuckets {
  /** Coverage as of the last refresh. */
  #knownCoveredFrom = Infinity;

  /**
   * `isClosed`: whether a bucket of a granularity is over. `touched` is called with each one that
   * `refresh` looked at.
   */
  constructor(
    private readonly buckets: Buckets,
    private readonly proof: Proof,
    private readonly isClosed: (granularity: Granularity, bucket: Bucket) => boolean,
    private readonly touched: (granularity: Granularity, bucket: Bucket) => void,
  ) {}

  /**
   * Marking a larger bucket marks those that contain it; those that contain a minute are marked
   * when it is refreshed.
   */
  mark(granularity: Granularity, start: EpochSeconds): void {
    this.buckets.mark(granularity, start);
    if (granularity !== "ONE_MINUTE") this.buckets.markParents(start, granularity);
  }

  markAll(): void {
    this.markThose(() => true);
  }

  /** Marks all buckets in memory for which `which` is true. */
  markThose(which: (granularity: Granularity, start: EpochSeconds) => boolean): void {
    for (const granularity of GRANULARITIES) {
      for (const { start } of this.buckets.of(granularity)) {
        if (which(granularity, start)) this.buckets.mark(granularity, start);
      }
    }
  }

  /** Brings every bucket's values and exactness up to date. */
  refresh(coverage: Coverage): void {
    this.proof.look(this.#markMinute, this.#markLarger);
    if (coverage.coveredFrom !== this.#knownCoveredFrom) this.markAll();
    this.#knownCoveredFrom = coverage.coveredFrom;
    const { buckets } = this;
    for (let minute = buckets.takeMinute(); minute !== null; minute = buckets.takeMinute()) {
      this.#refreshMinute(minute);
      this.touched("ONE_MINUTE", minute);
      buckets.markParents(minute.start, "ONE_MINUTE");
    }
    buckets.refresh(coverage, this.#isUnbroken, this.#touchLarger);
  }

  // Created once, since every trade of every product uses them.
  readonly #markMinute = (start: EpochSeconds) => this.mark("ONE_MINUTE", start);
  readonly #markLarger = (granularity: Granularity, start: EpochSeconds) =>
    this.mark(granularity, start);
  readonly #isUnbroken: Proof["isUnbroken"] = (values, start, end) =>
    this.proof.isUnbroken(values, start, end);
  readonly #touchLarger = (granularity: Granularity, bucket: Bucket) => {
    if (this.isClosed(granularity, bucket)) this.proof.settleLarger(granularity, bucket);
    this.touched(granularity, bucket);
  };

  #refreshMinute(bucket: Bucket): void {
    const { merge } = bucket;
    if (merge === null) {
      bucket.values = bucket.given;
      return;
    }
    const closed = this.isClosed("ONE_MINUTE", bucket);
    if (bucket.partial && this.proof.isWhole(bucket, closed)) bucket.partial = false;
    bucket.values = bucket.partial ? bucket.given : { ...merge };
    if (closed && !bucket.exact) this.proof.settleMinute(bucket);
  }
}
