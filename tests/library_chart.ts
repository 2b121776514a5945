import type { LiveCandle } from "../static/adapters/rs-charts.d.ts";

/** The start of the candles that tests make up, epoch seconds. */
export const BEGIN = 1_704_567_600;

/** A chart that behaves as the library's: a candle at its newest replaces it, a later one is added, an older one refused. */
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
    else this.#candles[this.#candles.length - 1] = candle;
  }

  at(timestamp: number): LiveCandle | undefined {
    return this.#candles.find((candle) => candle.timestamp === timestamp);
  }
}
