import { type Candle, type CandleKey, supersedes } from "../candles/candle.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { Semaphore } from "../time/semaphore.ts";
import type { RecentClosed } from "./recent_closed.ts";

/** The sources of closed candles that the database may lack. */
export interface UnstoredSources {
  /** All closed candles from sequence `first` to `last` are in memory; `first` is 1 while nothing is. */
  memory(): { readonly first: number; readonly last: number };
  /** Up to which sequence the database has every closed candle. Rejects if it or the bus does not answer. */
  storedUpTo(): Promise<number>;
  /**
   * The bus' closed candles of a key after a sequence, in order, up to the newest; null for bytes that are not a
   * candle.
   */
  stream(key: CandleKey, after: number, signal: AbortSignal): AsyncIterable<Candle | null>;
  readonly clock?: Pick<Clock, "now">;
}

/** A read of the database, and the candles that it lacked. */
export interface ReadAround<T> {
  readonly stored: T;
  /** Closed candles that were neither stored nor still in memory, in any order. */
  readonly unstored: readonly RecentClosed[];
}

/** How long the known position of the database is used; a restored database goes back. */
const KNOWN_FOR_MS = 10_000;
const READ_TIMEOUT_MS = 10_000;
/** Most keys that are read concurrently; others wait. */
const READS = 4;

/**
 * Finds closed candles between what the database holds and what is still in memory. There are none unless the database
 * lags by thousands; then they are read from the bus, so that answers have no hole. Requests nothing while memory
 * reaches back to what is known to be stored.
 */
export class UnstoredCandles {
  readonly #sources: UnstoredSources;
  readonly #clock: Pick<Clock, "now">;
  readonly #reads = new Map<string, Promise<readonly RecentClosed[]>>();
  readonly #turns = new Semaphore(READS);
  #known: { readonly sequence: number; readonly at: number } | null = null;
  #reading: Promise<number> | null = null;

  constructor(sources: UnstoredSources) {
    this.#sources = sources;
    this.#clock = sources.clock ?? systemClock;
  }

  /**
   * Reads the database, and the candles of a key that it may lack. The caller must take what is in memory, and the
   * current candle, synchronously afterwards. Rejects if either cannot be read, since the answer would have a hole.
   */
  async around<T>(key: CandleKey, read: () => Promise<T>): Promise<ReadAround<T>> {
    // Taken before the read: afterwards the database has at least this much.
    const storedUpTo = await this.#storedUpTo();
    const stored = await read();
    if (this.#isReached(storedUpTo)) return { stored, unstored: [] };
    return { stored, unstored: await this.#beyondMemory(key, storedUpTo) };
  }

  #isReached(storedUpTo: number): boolean {
    return this.#sources.memory().first - 1 <= storedUpTo;
  }

  async #storedUpTo(): Promise<number> {
    const known = this.#known;
    if (known === null || !this.#isReached(known.sequence)) {
      return this.#isReached(0) ? 0 : await this.#readStoredUpTo();
    }
    // In the background, since a bus or database that is down must not hold up an answer known to
    // be complete.
    if (this.#clock.now() - known.at >= KNOWN_FOR_MS) this.#readStoredUpTo().catch(() => {});
    return known.sequence;
  }

  #readStoredUpTo(): Promise<number> {
    return this.#reading ??= this.#sources.storedUpTo()
      .then((sequence) => {
        this.#known = { sequence, at: this.#clock.now() };
        return sequence;
      })
      .finally(() => this.#reading = null);
  }

  /** One read for all concurrent callers of a key. */
  async #beyondMemory(key: CandleKey, after: number): Promise<readonly RecentClosed[]> {
    const name = `${key} ${after}`;
    const under = this.#reads.get(name);
    if (under !== undefined) return await under;
    const reading = this.#turns.run(() => this.#read(key, after));
    this.#reads.set(name, reading);
    try {
      return await reading;
    } finally {
      this.#reads.delete(name);
    }
  }

  async #read(key: CandleKey, storedUpTo: number): Promise<readonly RecentClosed[]> {
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    const highest = new Map<number, Candle>();
    let after = storedUpTo;
    // Memory may release more while this is read.
    while (!this.#isReached(after)) {
      const { last } = this.#sources.memory();
      for await (const candle of this.#sources.stream(key, after, signal)) {
        if (candle === null) continue;
        const held = highest.get(candle.start);
        if (held === undefined || supersedes(candle, held)) highest.set(candle.start, candle);
      }
      if (signal.aborted) {
        throw new Error("closed candles that are not stored took too long to read");
      }
      after = last;
    }
    return [...highest.values()].map((candle) => ({
      start: candle.start,
      isComplete: candle.isComplete,
      exact: candle.exact,
      revision: candle.revision,
      read: () => candle,
    }));
  }
}

/** For sources whose memory has all that is not stored. */
export const NOTHING_BEYOND_MEMORY: Pick<UnstoredCandles, "around"> = {
  around: async (_key, read) => ({ stored: await read(), unstored: [] }),
};
