import { type Clock, systemClock } from "../time/clock.ts";

/** How to read the value, and how long it is used. */
export interface CachedReadParts<T> {
  /** Rejects while the database is down. */
  readonly read: () => Promise<T>;
  readonly keepMs: number;
  /** The value until the first read succeeds. */
  readonly empty: T;
  /**
   * Whether an old value is used while a newer one is being read, given the time since the last
   * attempt; left out, none is.
   */
  readonly servesStale?: (value: T, ageMs: number) => boolean;
  readonly clock?: Clock;
}

/**
 * A value of the database that many callers need, read once for all of them and cached for a while.
 * While the database is down the last value is used.
 */
export class CachedRead<T> {
  readonly #parts: CachedReadParts<T>;
  readonly #clock: Clock;
  #value: T;
  #readAtMs = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(parts: CachedReadParts<T>) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#value = parts.empty;
  }

  /** The cached value, read again if it is too old. Never rejects. */
  async get(): Promise<T> {
    const ageMs = this.#clock.now() - this.#readAtMs;
    if (ageMs >= this.#parts.keepMs) {
      const reading = this.#reading ??= this.#refresh();
      if (this.#parts.servesStale?.(this.#value, ageMs) !== true) await reading;
    }
    return this.#value;
  }

  /** The last value. */
  get known(): T {
    return this.#value;
  }

  async #refresh(): Promise<void> {
    try {
      this.#value = await this.#parts.read();
    } catch {
      // The pages show that the database is down.
    } finally {
      this.#readAtMs = this.#clock.now();
      this.#reading = null;
    }
  }
}
