import { type Clock, systemClock } from "../time/clock.ts";

/** How a kept reading reads, and how long its value is used. */
export interface KeptReadingParts<T> {
  /** Rejects while the database is away. */
  readonly read: () => Promise<T>;
  readonly keepMs: number;
  /** The value until the first reading succeeds. */
  readonly empty: T;
  readonly clock?: Clock;
}

/**
 * A value of the database that many callers want, read once for all of them and kept for a while. While the database is
 * away the last value is used.
 */
export class KeptReading<T> {
  readonly #parts: KeptReadingParts<T>;
  readonly #clock: Clock;
  #value: T;
  #readAtMs = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(parts: KeptReadingParts<T>) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#value = parts.empty;
  }

  /** The kept value, read again if it is too old. Never rejects. */
  async get(): Promise<T> {
    if (this.#clock.now() - this.#readAtMs >= this.#parts.keepMs) {
      await (this.#reading ??= this.#refresh());
    }
    return this.#value;
  }

  async #refresh(): Promise<void> {
    try {
      this.#value = await this.#parts.read();
    } catch {
      // The pages show that the database is away.
    } finally {
      this.#readAtMs = this.#clock.now();
      this.#reading = null;
    }
  }
}
