import type { CandleValues } from "./candle.ts";
import { compare, type Decimal, ZERO } from "./decimal.ts";
import { DecimalSum } from "./decimal_sum.ts";

/**
 * Merges the values of stretches of time one after another, the earliest first, as `mergeValues`
 * does two at a time. Only the result is allocated as an object, not each intermediate merge. Needs
 * no closing.
 */
export class ValuesMerge {
  #count = 0;
  /** What was added first: alone, it is the whole. */
  #only: CandleValues | null = null;
  #open = ZERO;
  #high = ZERO;
  #low = ZERO;
  #close = ZERO;
  readonly #volume = new DecimalSum();
  readonly #quoteVolume = new DecimalSum();
  readonly #buyVolume = new DecimalSum();
  #trades: number | null = 0;
  #hasQuoteVolume = true;
  #hasBuyVolume = true;
  #firstTradeId: number | null = null;
  #lastTradeId: number | null = null;

  /** Adds the next stretch. */
  add(values: CandleValues): void {
    if (this.#count++ === 0) this.#only = values;
    else {
      if (this.#count === 2 && this.#only !== null) this.#begin(this.#only);
      this.#extend(values);
    }
  }

  /** The result, null if nothing was added; the next `add` starts a new merge. */
  take(): CandleValues | null {
    const whole = this.#count > 1 ? this.#merged() : this.#only;
    this.#count = 0;
    this.#only = null;
    return whole;
  }

  #begin(values: CandleValues): void {
    this.#open = values.open;
    this.#high = values.high;
    this.#low = values.low;
    this.#volume.begin(values.volume);
    this.#hasQuoteVolume = begin(this.#quoteVolume, values.quoteVolume);
    this.#hasBuyVolume = begin(this.#buyVolume, values.buyVolume);
    this.#trades = values.trades;
    this.#firstTradeId = values.firstTradeId;
  }

  #extend(values: CandleValues): void {
    if (compare(values.high, this.#high) > 0) this.#high = values.high;
    if (compare(values.low, this.#low) < 0) this.#low = values.low;
    this.#close = values.close;
    this.#volume.add(values.volume);
    this.#hasQuoteVolume &&= extend(this.#quoteVolume, values.quoteVolume);
    this.#hasBuyVolume &&= extend(this.#buyVolume, values.buyVolume);
    this.#trades = this.#trades === null || values.trades === null
      ? null
      : this.#trades + values.trades;
    this.#lastTradeId = this.#firstTradeId === null ? null : values.lastTradeId;
    if (values.firstTradeId === null) this.#firstTradeId = null;
  }

  #merged(): CandleValues {
    return {
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume.value,
      trades: this.#trades,
      quoteVolume: this.#hasQuoteVolume ? this.#quoteVolume.value : null,
      buyVolume: this.#hasBuyVolume ? this.#buyVolume.value : null,
      firstTradeId: this.#firstTradeId,
      lastTradeId: this.#lastTradeId,
    };
  }
}

/** Starts a sum; false if its first value is unknown. */
function begin(sum: DecimalSum, value: Decimal | null): boolean {
  if (value !== null) sum.begin(value);
  return value !== null;
}

/** Adds to a sum; false if the value is unknown. */
function extend(sum: DecimalSum, value: Decimal | null): boolean {
  if (value !== null) sum.add(value);
  return value !== null;
}
