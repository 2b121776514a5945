/** At most `limit` events in any second; Coinbase counts per IP, and loopback is one IP. */
export class RateLimit {
  #times: number[] = [];

  constructor(readonly limit: number) {}

  /** Counts one event at `nowMs` (any steady clock); false when it is one too many. */
  allows(nowMs: number): boolean {
    this.#times = this.#times.filter((time) => time > nowMs - 1000);
    if (this.#times.length >= this.limit) return false;
    this.#times.push(nowMs);
    return true;
  }
}
