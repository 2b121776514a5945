import { type Clock, systemClock } from "../time/clock.ts";

/** How a kept reading reads, and for how long it is good. */
export interface KeptReadingParts<T> {
  /** Rejects while the database is away. */
  readonly read: () => Promise<T>;
  readonly keepMs: number;
  /** What holds until something could be read. */
  readonly empty: T;
  readonly clock?: Clock;
}

/**
 * Something of the database that many callers want: read once for all of them and kept for a while. While the database is
 * away, what was read last holds.
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

  /** Read again if what is kept is too old. Never rejects. */
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
