import type { ProductProfile } from "./product_profile.ts";
import type { Random } from "./random.ts";

const SECONDS_PER_DAY = 86_400;
const VOLATILITY_MEMORY = 0.97;
const VOLATILITY_NOISE = 0.12;
const VOLATILITY_VARIANCE = VOLATILITY_NOISE ** 2 / (1 - VOLATILITY_MEMORY ** 2);
/** A taker's order fills against several makers now and then: same microsecond, adjacent ids. */
const ANOTHER_FILL = 0.3;
const MAX_UNITS = 1e14;

/**
 * The random walk of one product's trades, away from a starting point in time. It never looks at
 * a clock: how it is cut into steps does not change what it yields.
 *
 * Volatility clusters (log-volatility is autoregressive by the minute, and busy minutes are
 * volatile), prices bounce between bid and ask, and a weak pull towards the product's usual price
 * keeps a long run believable.
 */
export class TradeWalk {
  /** Microseconds between the start and the current trade. */
  offset = 0;
  /** The current trade's price in quote increments. */
  ticks: number;
  /** The current trade's size in base increments; negative when the maker sold. */
  signedSize = 1;
  /** Multiplies the frequency of trades from the next one on. */
  factor = 1;

  readonly #profile: ProductProfile;
  readonly #random: Random;
  readonly #clustersPerSecond: number;
  readonly #volatility: number;
  readonly #usdPerTickUnit: number;
  #logMid: number;
  #logVolatility: number;
  #pace = 1;
  #nextMinute = 0;
  #direction = 1;
  #pulse = 0;

  constructor(profile: ProductProfile, random: Random, tradesPerSecond: number) {
    this.#profile = profile;
    this.#random = random;
    this.#clustersPerSecond = Math.max(tradesPerSecond * (1 - ANOTHER_FILL), 1e-7);
    this.#volatility = profile.dailyVolatility / Math.sqrt(SECONDS_PER_DAY);
    this.#usdPerTickUnit = 10 ** -(profile.priceDecimals + profile.sizeDecimals);
    this.#logMid = Math.log(profile.price);
    this.#logVolatility = Math.sqrt(VOLATILITY_VARIANCE) * random.normal();
    this.ticks = Math.max(1, Math.round(profile.price * 10 ** profile.priceDecimals));
  }

  /** Moves on to the next trade. */
  next(): void {
    if (this.offset > 0 && this.#random.next() < ANOTHER_FILL) {
      if (this.#random.next() < 0.4) this.ticks = Math.max(1, this.ticks + this.#direction);
    } else {
      this.#nextCluster();
    }
    this.signedSize = this.#units() * -this.#direction;
  }

  #nextCluster(): void {
    const random = this.#random;
    const seconds = random.exponential() / (this.#clustersPerSecond * this.#pace * this.factor);
    this.offset += Math.max(1, Math.round(seconds * 1e6));
    this.#passMinutes();
    const step = this.#volatility * Math.exp(this.#logVolatility) * Math.sqrt(seconds) *
      random.normal();
    const pull = (Math.log(this.#profile.price) - this.#logMid) *
      Math.min(seconds / (3 * SECONDS_PER_DAY), 0.5);
    this.#logMid += step + pull;
    // Trades come in runs: after a rise the next taker is more likely a buyer.
    this.#pulse = 0.7 * this.#pulse + Math.sign(step);
    this.#direction = random.next() < 0.5 + 0.1 * Math.tanh(this.#pulse) ? 1 : -1;
    const mid = Math.exp(this.#logMid) * 10 ** this.#profile.priceDecimals;
    const halfSpread = mid * this.#profile.halfSpread;
    this.ticks = Math.max(1, Math.round(mid + this.#direction * halfSpread));
  }

  #passMinutes(): void {
    let due = Math.floor(this.offset / 60e6) - this.#nextMinute + 1;
    if (due <= 0) return;
    this.#nextMinute += due;
    for (due = Math.min(due, 100); due > 0; due--) {
      this.#logVolatility = VOLATILITY_MEMORY * this.#logVolatility +
        VOLATILITY_NOISE * this.#random.normal();
    }
    this.#pace = Math.exp(this.#logVolatility - VOLATILITY_VARIANCE / 2);
  }

  #units(): number {
    const random = this.#random;
    const kind = random.next();
    if (kind < 0.02) return random.whole(1, 20);
    const usd = this.#profile.medianUsd * Math.exp(1.6 * random.normal());
    const units = usd / (this.ticks * this.#usdPerTickUnit);
    if (kind < 0.08 && units > 10) {
      // Round sizes are common, since people type them.
      const magnitude = 10 ** Math.floor(Math.log10(units));
      return Math.min(
        MAX_UNITS,
        Math.round(Math.max(1, Math.round(units / magnitude)) * magnitude),
      );
    }
    return Math.min(MAX_UNITS, Math.max(1, Math.round(units)));
  }
}
