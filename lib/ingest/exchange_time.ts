/** A message's own time may be this far ahead of the newest one accepted. */
const MOST_AHEAD_MS = 60_000;
/**
 * This many consecutive messages that agree with each other are accepted: the exchange's clock was set, or this machine
 * slept.
 */
const CONFIRMATIONS = 3;

/**
 * Keeps a single message with an absurd time from closing every candle: time leaps only if several consecutive messages
 * agree on it. Our own clock decides nothing.
 */
export class ExchangeTime {
  #acceptedMs = -Infinity;
  #claimedMs = -Infinity;
  #confirmations = 0;

  /** Whether to accept a message sent at `timeMs` (epoch milliseconds, the exchange's clock). */
  accepts(timeMs: number): boolean {
    if (this.#acceptedMs === -Infinity || timeMs <= this.#acceptedMs + MOST_AHEAD_MS) {
      if (timeMs > this.#acceptedMs) this.#acceptedMs = timeMs;
      this.#confirmations = 0;
      return true;
    }
    const agrees = Math.abs(timeMs - this.#claimedMs) <= MOST_AHEAD_MS;
    this.#confirmations = agrees ? this.#confirmations + 1 : 1;
    this.#claimedMs = timeMs;
    if (this.#confirmations < CONFIRMATIONS) return false;
    this.#acceptedMs = timeMs;
    this.#confirmations = 0;
    return true;
  }
}
