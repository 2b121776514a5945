import type { Candle } from "../candles/candle.ts";

/** Candles published again in one go. */
const MOST_TAKEN = 1000;
/** Candles beyond this number are not remembered one by one. */
const CAPACITY = 100_000;

/**
 * Closed candles that the queue had no room for, each once, to be published again when it is empty.
 */
export class Overflow {
  readonly #candles = new Map<string, Candle>();

  /**
   * False when it is full itself: then the caller must make sure that repair finds the candle
   * missing.
   */
  add(candle: Candle): boolean {
    if (this.#candles.size >= CAPACITY) return false;
    this.#candles.set(`${candle.productId} ${candle.granularity} ${candle.start}`, candle);
    return true;
  }

  get isEmpty(): boolean {
    return this.#candles.size === 0;
  }

  /** Removes and returns some of them, oldest first. */
  take(): Candle[] {
    const taken = [...this.#candles].slice(0, MOST_TAKEN);
    for (const [name] of taken) this.#candles.delete(name);
    return taken.map(([, candle]) => candle);
  }
}
