/** At once, an address may ask for as many answers as it has in so many seconds. */
const BURST_SECONDS = 10;
/** Addresses remembered: one that is forgotten begins again, so that memory has an end whatever is sent. */
const MOST_ADDRESSES = 10_000;

/** Says of each request whether it may proceed; what counts for several processes says so later. */
export interface RequestLimit {
  readonly refused: number;
  take(address: string, nowMs: number): number | null | Promise<number | null>;
}

interface Bucket {
  tokens: number;
  /** When they were counted, milliseconds of a monotonic clock. */
  atMs: number;
}

/** How many requests each address may make: a bucket of tokens for each, filled all the time. Needs no closing. */
export class RequestRate implements RequestLimit {
  /** The one that asked longest ago comes first. */
  readonly #buckets = new Map<string, Bucket>();
  #refused = 0;

  /** `perSecond` requests of one address on average; 0 for no limit. */
  constructor(private readonly perSecond: number) {}

  /** Requests refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Takes one request of an address. Null if it may proceed, or after how many whole seconds the next one may. */
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
