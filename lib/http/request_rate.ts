/** Burst capacity, in seconds of the average rate. */
const BURST_SECONDS = 10;
/** Most addresses kept, so that memory is bounded; a forgotten address starts with a full burst. */
const MOST_ADDRESSES = 10_000;

/** Decides whether a request may proceed; asynchronously where it counts for several processes. */
export interface RequestLimit {
  readonly refused: number;
  take(address: string, nowMs: number): number | null | Promise<number | null>;
}

interface Bucket {
  tokens: number;
  /** When they were counted, milliseconds of a monotonic clock. */
  atMs: number;
}

/** Limits the requests of each address by a token bucket. Needs no closing. */
export class RequestRate implements RequestLimit {
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();
  #refused = 0;

  /** `perSecond` requests of one address on average; 0 for no limit. */
  constructor(private readonly perSecond: number) {}

  /** Requests refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Counts one request of an address. Null if it may proceed, otherwise the whole seconds until the next one may. */
  take(address: string, nowMs: number): number | null {
    if (this.perSecond === 0) return null;
    const full = this.perSecond * BURST_SECONDS;
    const bucket = this.#buckets.get(address) ?? { tokens: full, atMs: nowMs };
    const gained = (nowMs - bucket.atMs) / 1000 * this.perSecond;
    bucket.tokens = Math.min(full, bucket.tokens + gained);
    bucket.atMs = nowMs;
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > MOST_ADDRESSES) this.#forgetOne();
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return null;
    }
    this.#refused++;
    return Math.ceil((1 - bucket.tokens) / this.perSecond);
  }

  #forgetOne(): void {
    for (const address of this.#buckets.keys()) {
      this.#buckets.delete(address);
      return;
    }
  }
}
