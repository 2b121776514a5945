import { add, type Decimal, POWERS } from "./decimal.ts";

/**
 * An exact sum of many decimals, digit for digit what `add` gives, scale included. `add` allocates
 * an object for every intermediate sum, which at thousands of trades a second is much of the
 * garbage collector's work.
 */
export class DecimalSum {
  /** The sum, while it is a safe integer. */
  #units = 0;
  #scale = 0;
  /** The sum once it is not a safe integer. */
  #large: Decimal | null = null;

  /** The sum so far. */
  get value(): Decimal {
    return this.#large ?? { units: this.#units, scale: this.#scale };
  }

  /** Starts a new sum with this value. */
  begin(value: Decimal): void {
    const { units, scale } = value;
    this.#large = typeof units === "number" ? null : value;
    this.#units = typeof units === "number" ? units : 0;
    this.#scale = scale;
  }

  add(value: Decimal): void {
    const { units, scale } = value;
    const shift = this.#scale - scale;
    const power = POWERS[shift < 0 ? -shift : shift];
    if (this.#large === null && typeof units === "number" && power !== undefined) {
      const left = shift < 0 ? this.#units * power : this.#units;
      const right = shift > 0 ? units * power : units;
      const sum = left + right;
      // A safe sum of an unsafe product could hide a lost digit, so all three are checked.
      if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(sum)) {
        this.#units = sum;
        if (shift < 0) this.#scale = scale;
        return;
      }
    }
    this.begin(add(this.value, value));
  }
}
