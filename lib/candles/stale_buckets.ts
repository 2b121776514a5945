import type { Bucket, Buckets, Coverage } from "./buckets.ts";
import { type EpochSeconds, GRANULARITIES, type Granularity } from "./granularity.ts";
import type { Proof } from "./proof.ts";

/**
 * Which of a product's buckets are not up to date, and bringing them so: minutes first, then what is derived from them.
 * A trade marks its minute only, so it costs nothing until candles are taken. Owned by the aggregator.
 */
export class StaleBuckets {
  readonly #minutes = new Set<EpochSeconds>();
  /** Coverage as of the last refresh. */
  #knownCoveredFrom = Infinity;

  /** `isClosed`: whether a bucket of a granularity is over. */
  constructor(
    private readonly buckets: Buckets,
    private readonly proof: Proof,
    private readonly isClosed: (granularity: Granularity, bucket: Bucket) => boolean,
  ) {}

  /** What holds a larger bucket is marked with it; what holds a minute, when that is refreshed. */
  mark(granularity: Granularity, start: EpochSeconds): void {
    if (granularity === "ONE_MINUTE") this.#minutes.add(start);
    else {
      this.buckets.mark(granularity, start);
      this.buckets.markParents(start, granularity);
    }
  }

  markAll(): void {
    this.markThose(() => true);
  }

  /** Marks all buckets in memory that `which` picks by their granularity and start. */
  markThose(which: (granularity: Granularity, start: EpochSeconds) => boolean): void {
    for (const granularity of GRANULARITIES) {
      for (const { start } of this.buckets.of(granularity)) {
        if (!which(granularity, start)) continue;
        if (granularity === "ONE_MINUTE") this.#minutes.add(start);
        else this.buckets.mark(granularity, start);
      }
    }
  }

  /** Brings every bucket's values and exactness up to date, and hands over each one that was looked at. */
  refresh(
    coverage: Coverage,
    touched: (granularity: Granularity, bucket: Bucket) => void,
  ): void {
    this.proof.look(
      (start) => void this.#minutes.add(start),
      (granularity, start) => this.mark(granularity, start),
    );
    if (coverage.coveredFrom !== this.#knownCoveredFrom) this.markThose(() => true);
    this.#knownCoveredFrom = coverage.coveredFrom;
    for (const start of this.#minutes) {
      const bucket = this.buckets.get("ONE_MINUTE", start);
      if (bucket === null) continue;
      this.#refreshMinute(bucket);
      touched("ONE_MINUTE", bucket);
      this.buckets.markParents(start, "ONE_MINUTE");
    }
    this.#minutes.clear();
    this.buckets.refresh(
      coverage,
      (values, start, end) => this.proof.isUnbroken(values, start, end),
      (granularity, bucket) => {
        if (this.isClosed(granularity, bucket)) this.proof.settleLarger(granularity, bucket);
        touched(granularity, bucket);
      },
    );
  }

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
