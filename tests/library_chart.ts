import type { LiveCandle } from "../static/adapters/rs-charts.d.ts";

/** The start of the candles that tests make up, epoch seconds. */
export const BEGIN = 1_704_567_600;

/**
 * A chart that behaves as the library's (`SimplePriceHistory.setLiveCandle` of 1.3.19): a later candle is added, an older
 * one refused, and one at its newest changes that: its open stays what it was at first, its high and low only widen.
 */
export class LibraryChart {
  readonly #candles: LiveCandle[] = [];
  refused = 0;

  /** Ascending. */
  get candles(): readonly LiveCandle[] {
    return this.#candles;
  }

  update(candle: LiveCandle): void {
    const newest = this.#candles.at(-1);
    if (newest === undefined || candle.timestamp > newest.timestamp) this.#candles.push(candle);
    else if (candle.timestamp < newest.timestamp) this.refused++;
    else {
      this.#candles[this.#candles.length - 1] = {
        ...candle,
        open: newest.open,
        high: Math.max(newest.high, candle.high),
        low: Math.min(newest.low, candle.low),
      };
    }
  }

  at(timestamp: number): LiveCandle | undefined {
    return this.#candles.find((candle) => candle.timestamp === timestamp);
  }
}
