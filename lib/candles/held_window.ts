import {
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "./granularity.ts";

/** How long after their end minutes stay in memory, beyond the running hour. */
const HELD_SECONDS = GRANULARITY_SECONDS.ONE_HOUR;

/** From when on a product's buckets are in memory: -Infinity until that is known, and forward only from then on. */
export class HeldWindow {
  #from = -Infinity;
  #firstFrom = -Infinity;

  /** Minutes, and what is smaller than an hour, are held from here on. */
  get from(): number {
    return this.#from;
  }

  /** Where it began: candles before that were never built. */
  get firstFrom(): number {
    return this.#firstFrom;
  }

  get isKnown(): boolean {
    return this.#from !== -Infinity;
  }

  /** Candles before where it is now were never built. */
  beginHere(): void {
    this.#firstFrom = this.#from;
  }

  /** The first start of a granularity that is held. */
  oldest(granularity: Granularity): number {
    if (GRANULARITY_SECONDS[granularity] < GRANULARITY_SECONDS.ONE_HOUR) return this.#from;
    return this.#from - this.#from % GRANULARITY_SECONDS.ONE_DAY;
  }

  /** False if it reached no further back than that already. */
  moveTo(from: number): boolean {
    if (from <= this.#from) return false;
    if (!this.isKnown) this.#firstFrom = from;
    this.#from = from;
    return true;
  }
}

/** From when on minutes are held beside one that starts at `start`: the hour before it. */
export function heldBeside(start: EpochSeconds): EpochSeconds {
  return containingStart(start, "ONE_HOUR") - HELD_SECONDS as EpochSeconds;
}
