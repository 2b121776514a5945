import type { Bucket, Buckets } from "./buckets.ts";
import type { CandleValues } from "./candle.ts";
import type { EpochSeconds, Granularity } from "./granularity.ts";
import { bucketEnd } from "./granularity.ts";
import type { IdIntervals } from "./id_intervals.ts";

/**
 * Which of one product's closed buckets its trade ids prove, and which still wait for proof. Owned
 * by the aggregator, whose ids and buckets it reads.
 */
export class Proof {
  /** Closed minutes built from trades whose edges are not proven yet. */
  readonly #unproven = new Set<EpochSeconds>();
  /** Closed larger buckets that lack nothing but contiguous ids. */
  readonly #awaiting = new Map<Bucket, Granularity>();
  /** The ids as of the last `look`. */
  #knownShape = -1;
  #knownNewest = -1;
  /** REST showed that nothing followed trade `id` until `untilMs`. */
  #quiet = { id: -1, untilMs: -Infinity };

  constructor(private readonly ids: IdIntervals) {}

  /** Whether a closed bucket holds the newest trade, and nothing proves its end yet. */
  awaitsEnd(buckets: Buckets): boolean {
    const newest = this.ids.newest;
    if (newest === null) return false;
    // If its end is proven, its beginning is what keeps it from being exact.
    for (const start of this.#unproven) {
      if (buckets.get("ONE_MINUTE", start)?.merge?.lastTradeId !== newest.to) continue;
      if (!this.#isQuietAfter(newest.to, bucketEnd(start, "ONE_MINUTE"))) return true;
    }
    for (const [{ start, values }, granularity] of this.#awaiting) {
      if (values?.lastTradeId !== newest.to) continue;
      if (!this.#isQuietAfter(newest.to, bucketEnd(start, granularity))) return true;
    }
    return false;
  }

  /** Nothing followed trade `tradeId` until `untilMs` (the exchange's time): proves the end of its minute. */
  proveQuiet(tradeId: number, untilMs: number): void {
    this.#quiet = { id: tradeId, untilMs };
    this.#knownNewest = -1;
  }

  /** Whether there are new ids or changed gaps that may prove a closed candle. */
  get hasEvidence(): boolean {
    if (this.#unproven.size === 0 && this.#awaiting.size === 0) return false;
    const newest = this.ids.newest?.to ?? -1;
    return newest !== this.#knownNewest || this.ids.shape !== this.#knownShape;
  }

  /**
   * If there is new evidence, passes on the buckets to check again, and marks the evidence as seen.
   */
  look(
    minute: (start: EpochSeconds) => void,
    larger: (granularity: Granularity, start: EpochSeconds) => void,
  ): void {
    if (this.hasEvidence) {
      for (const start of this.#unproven) minute(start);
      for (const [{ start }, granularity] of this.#awaiting) larger(granularity, start);
    }
    this.#knownNewest = this.ids.newest?.to ?? -1;
    this.#knownShape = this.ids.shape;
  }

  /** Decides whether a closed minute with up-to-date values is exact, which is final. */
  settleMinute(bucket: Bucket): void {
    bucket.exact = !bucket.partial && this.#isProven(bucket);
    if (bucket.exact) this.#unproven.delete(bucket.start);
    else this.#unproven.add(bucket.start);
  }

  /** The same for a larger bucket, whose parts have decided it. */
  settleLarger(granularity: Granularity, bucket: Bucket): void {
    if (bucket.awaitsProof) this.#awaiting.set(bucket, granularity);
    else this.#awaiting.delete(bucket);
  }

  /**
   * A merge begun in mid-minute is whole once its ids are contiguous from a trade before the minute
   * (to one after, if it is over).
   */
  isWhole(bucket: Bucket, closed: boolean): boolean {
    if (closed && bucket.given !== null) return this.#isProven(bucket);
    if (bucket.merge === null) return false;
    const { firstTradeId, lastTradeId } = bucket.merge;
    const run = this.ids.containing(firstTradeId);
    return run !== null && run.from < firstTradeId && run.to >= lastTradeId;
  }

  /**
   * Whether the ids are contiguous from the first trade of a bucket to one after it and, unless
   * `start` is null, from one before `start` to the first. It is null where the bucket's first part
   * has proven its own beginning.
   */
  isUnbroken(
    { firstTradeId, lastTradeId }: CandleValues,
    start: EpochSeconds | null,
    end: EpochSeconds,
  ): boolean {
    if (firstTradeId === null || lastTradeId === null) return false;
    const run = this.ids.containing(firstTradeId);
    if (run === null || run.to < lastTradeId) return false;
    if (start !== null && run.fromTimeMs >= start * 1000) return false;
    return run.to > lastTradeId || this.#isQuietAfter(lastTradeId, end);
  }

  /** Forgets minutes before `heldFrom`, and larger buckets before `oldest` of their granularity. */
  forgetBefore(heldFrom: number, oldest: (granularity: Granularity) => number): void {
    for (const [bucket, granularity] of this.#awaiting) {
      if (bucket.start < oldest(granularity)) this.#awaiting.delete(bucket);
    }
    for (const start of this.#unproven) if (start < heldFrom) this.#unproven.delete(start);
  }

  /** Two-sided: the ids run unbroken from a trade before the minute to a trade after it. */
  #isProven(bucket: Bucket): boolean {
    if (bucket.merge === null) return false;
    const { firstTradeId } = bucket.merge;
    const run = this.ids.containing(firstTradeId);
    return run !== null && run.from < firstTradeId &&
      this.isUnbroken(bucket.merge, null, bucketEnd(bucket.start, "ONE_MINUTE"));
  }

  /** REST showed that nothing followed the last trade of a bucket until its end. */
  #isQuietAfter(tradeId: number, end: EpochSeconds): boolean {
    return this.#quiet.id === tradeId && this.ids.newest?.to === tradeId &&
      this.#quiet.untilMs >= end * 1000;
  }
}
