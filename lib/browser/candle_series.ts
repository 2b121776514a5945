import type { Candle } from "../candles/candle.ts";
import { compareStates } from "../candles/candle.ts";

/** A candle's effect on a series: the newest bucket changed or began, an older one changed, or nothing. */
export type SeriesChange = "newest" | "older" | "none";

/** One product's candles of one granularity, ascending by start, each in its highest known state. */
export class CandleSeries {
  #candles: Candle[] = [];

  constructor(candles: readonly Candle[]) {
    this.merge(candles);
  }

  /** Ascending by start. */
  get candles(): readonly Candle[] {
    return this.#candles;
  }

  get newest(): Candle | null {
    return this.#candles.at(-1) ?? null;
  }

  /** Takes one candle unless a higher state of it is held: a lower state never replaces a higher one. */
  apply(candle: Candle): SeriesChange {
    const at = this.#indexFrom(candle.start);
    const held = this.#candles[at];
    if (held?.start === candle.start) {
      if (compareStates(candle, held) < 0) return "none";
      this.#candles[at] = candle;
    } else {
      this.#candles.splice(at, 0, candle);
    }
    return at === this.#candles.length - 1 ? "newest" : "older";
  }

  /** Takes many, such as an older page, under the same rule. Whether anything changed. */
  merge(candles: readonly Candle[]): boolean {
    let changed = false;
    for (const candle of candles) changed = this.apply(candle) !== "none" || changed;
    return changed;
  }

  /** The candle that starts at `start` (epoch seconds), or null. */
  at(start: number): Candle | null {
    const held = this.#candles[this.#indexFrom(start)];
    return held?.start === start ? held : null;
  }

  /** Drops candles that start before `start` (epoch seconds). */
  dropBefore(start: number): void {
    this.#candles = this.#candles.slice(this.#indexFrom(start));
  }

  /** Keeps only the newest `count`. */
  trim(count: number): void {
    if (this.#candles.length > count) this.#candles = this.#candles.slice(-count);
  }

  /** The first index whose start is not before `start`, found by halving. */
  #indexFrom(start: number): number {
    let low = 0;
    let high = this.#candles.length;
    const newest = this.#candles[high - 1];
    if (newest !== undefined && start > newest.start) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const candle = this.#candles[middle];
      if (candle !== undefined && candle.start < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
