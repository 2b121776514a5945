import type { Bucket } from "./buckets.ts";

/**
 * Buckets to be brought up to date, each once, in the order in which they were marked. They form a
 * linked list, so that marking allocates nothing: every trade marks a bucket of each length, and
 * filling and emptying a set for each would be most of a trade's garbage.
 */
export class MarkedBuckets {
  #first: Bucket | null = null;
  #last: Bucket | null = null;

  /** Marks a bucket; nothing changes if it is marked already. */
  add(bucket: Bucket): void {
    if (bucket.isMarked) return;
    bucket.isMarked = true;
    if (this.#last === null) this.#first = bucket;
    else this.#last.nextMarked = bucket;
    this.#last = bucket;
  }

  /** Takes the bucket that was marked first and unmarks it; null if there is none. */
  take(): Bucket | null {
    const bucket = this.#first;
    if (bucket === null) return null;
    this.#first = bucket.nextMarked;
    if (this.#first === null) this.#last = null;
    bucket.nextMarked = null;
    bucket.isMarked = false;
    return bucket;
  }
}
