import type { Bucket } from "./buckets.ts";

/**
 * Buckets that are to be brought up to date, each once, in the order in which they were marked. They are linked through
 * themselves, so that marking costs no memory: every trade marks one bucket of each length, and a set that is filled and
 * emptied for each would be most of what a trade leaves to the garbage collector.
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

  /** The bucket that was marked first, which is marked no longer; null if there is none. */
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
