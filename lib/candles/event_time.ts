import { bucketStart, type EpochSeconds } from "./granularity.ts";

/**
 * A product's position in the exchange's time, which decides what buckets are over. Our own clock
 * decides nothing.
 */
export class EventTime {
  #newestMs = -Infinity;
  #closedThrough = -Infinity;

  /** `graceMs`: how far it must pass a bucket's end before that closes. */
  constructor(private readonly graceMs: number) {}

  /** Moves forward; never back. */
  advance(timeMs: number): void {
    if (timeMs > this.#newestMs) this.#newestMs = timeMs;
  }

  /** The newest instant known, epoch milliseconds; -Infinity before the first. */
  get newestMs(): number {
    return this.#newestMs;
  }

  /** Buckets that end here or earlier are closed; -Infinity before the first close. */
  get closedThrough(): number {
    return this.#closedThrough;
  }

  /** Whether there are buckets that are over and not closed yet. */
  get closes(): boolean {
    const through = this.#closableThrough;
    return Number.isFinite(through) && through > this.#closedThrough;
  }

  /**
   * Closes what is over; the returned function tests whether this call closed the bucket that ends
   * at `end`.
   */
  close(): (end: EpochSeconds) => boolean {
    const before = this.#closedThrough;
    const through = this.#closedThrough = this.#closableThrough;
    return (end) => end > before && end <= through;
  }

  /** Adopts from an earlier run that all buckets ending here or earlier are closed. */
  restore(end: EpochSeconds): void {
    if (end > this.#closedThrough) this.#closedThrough = end;
  }

  get #closableThrough(): EpochSeconds {
    return bucketStart(this.#newestMs - this.graceMs, "ONE_MINUTE");
  }
}
