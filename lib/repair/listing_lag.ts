/** Trades that stay unlisted for longer than this count as hidden, not as a lag of the listing. */
const LARGEST_MS = 300_000;
/** How long an observed lag is expected again. */
const MEMORY_MS = 1_800_000;

/**
 * The recently observed lag of the exchange's listing behind its feed, known from trades of the feed that it lacked.
 * Where the feed lost messages, nothing is concluded about that much of a listing's end.
 */
export class ListingLag {
  #lagMs = 0;
  #seenMs = -Infinity;

  /** Records that a listing lacked a trade of this age. */
  note(ageMs: number, nowMs: number): void {
    if (ageMs > LARGEST_MS || ageMs < this.at(nowMs)) return;
    this.#lagMs = ageMs;
    this.#seenMs = nowMs;
  }

  /** The lag to be expected, in milliseconds; 0 if none was seen. */
  at(nowMs: number): number {
    return nowMs - this.#seenMs > MEMORY_MS ? 0 : this.#lagMs;
  }
}
