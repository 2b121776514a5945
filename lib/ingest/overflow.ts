import type { Candle } from "../candles/candle.ts";

/** Candles published again at once. */
const MOST_AT_ONCE = 1000;
/** More are not remembered one by one. */
const CAPACITY = 100_000;

/** Closed candles that the queue had no room for, each once: to be made again when it is empty. */
export class Overflow {
  readonly #candles = new Map<string, Candle>();

  /** False when it is full itself: its caller must have the candle found missing some other way. */
  add(candle: Candle): boolean {
    if (this.#candles.size >= CAPACITY) return false;
    this.#candles.set(`${candle.productId} ${candle.granularity} ${candle.start}`, candle);
    return true;
  }

  get isEmpty(): boolean {
    return this.#candles.size === 0;
  }

  /** Takes some of them out, those that came first. */
  take(): Candle[] {
    const taken = [...this.#candles].slice(0, MOST_AT_ONCE);
    for (const [name] of taken) this.#candles.delete(name);
    return taken.map(([, candle]) => candle);
  }
}
