import { Sheet, type Traded } from "./sheet.ts";

export interface AverageCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Heikin-Ashi, “average bar”: each closes at the mean of its candle's four prices and opens in the middle of the bar before
 * it, so that small moves against the direction disappear.
 */
export class HeikinAshi {
  readonly #sheet = new Sheet();
  readonly #close = this.#sheet.combine(
    [this.#sheet.open, this.#sheet.high, this.#sheet.low, this.#sheet.close],
    (open, high, low, close) => (open + high + low + close) / 4,
  );
  readonly #open = this.#sheet.column((index, own) => {
    const candle = this.#sheet.candle(index);
    const [open, close] = [own.at(index - 1), this.#close.at(index - 1)];
    if (open !== null && close !== null) return (open + close) / 2;
    return candle === null ? null : (candle.open + candle.close) / 2;
  });

  /** Computes from candle `from` on: those before have not changed since the last time. */
  fill(candles: readonly Traded[], from = 0): void {
    this.#sheet.fill(candles, from);
  }

  /** The bar of a candle; null where there is none. */
  at(index: number): AverageCandle | null {
    const candle = this.#sheet.candle(index);
    const [open, close] = [this.#open.at(index), this.#close.at(index)];
    if (candle === null || open === null || close === null) return null;
    const high = Math.max(candle.high, open, close);
    return { open, high, low: Math.min(candle.low, open, close), close };
  }
}
