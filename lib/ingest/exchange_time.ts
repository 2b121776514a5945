/** A message's own time may be this far ahead of the newest one accepted. */
const MOST_AHEAD_MS = 60_000;
/** So many messages in a row that agree with each other are accepted: the exchange's clock, or a sleep of ours. */
const CONFIRMATIONS = 3;

/**
 * Keeps a single message with an absurd time from closing every candle: time leaps only if several messages in a row
 * say so. Our own clock has no say.
 */
export class ExchangeTime {
  #acceptedMs = -Infinity;
  #claimedMs = -Infinity;
  #confirmations = 0;

  /** Whether a message sent at `timeMs` (epoch milliseconds, the exchange's word) is to be accepted. */
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
