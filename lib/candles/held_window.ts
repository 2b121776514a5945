import {
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "./granularity.ts";

/** How long minutes stay in memory beyond the live hour. */
const HELD_SECONDS = GRANULARITY_SECONDS.ONE_HOUR;

/**
 * The time from which a product's buckets are in memory: -Infinity until it is known; then it only
 * moves forward.
 */
export class HeldWindow {
  #from = -Infinity;
  #firstFrom = -Infinity;

  /** Minutes, and what is smaller than an hour, are held from here on. */
  get from(): number {
    return this.#from;
  }

  /** The first value of `from`: candles before it were never built. */
  get firstFrom(): number {
    return this.#firstFrom;
  }

  get isKnown(): boolean {
    return this.#from !== -Infinity;
  }

  /** Records that no candles before the current `from` were built. */
  beginHere(): void {
    this.#firstFrom = this.#from;
  }

  /** The first start of a granularity that is held. */
  oldest(granularity: Granularity): number {
    if (GRANULARITY_SECONDS[granularity] < GRANULARITY_SECONDS.ONE_HOUR) return this.#from;
    return this.#from - this.#from % GRANULARITY_SECONDS.ONE_DAY;
  }

  /** Moves the window forward; false if it began there or later already. */
  moveTo(from: number): boolean {
    if (from <= this.#from) return false;
    if (!this.isKnown) this.#firstFrom = from;
    this.#from = from;
    return true;
  }
}

/** The start of the window that holds a minute starting at `start`: an hour before its own hour. */
export function heldBeside(start: EpochSeconds): EpochSeconds {
  return containingStart(start, "ONE_HOUR") - HELD_SECONDS as EpochSeconds;
}
