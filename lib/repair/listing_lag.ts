/** Trades that stay unlisted for longer than this are hidden, and say nothing of how far a listing lags. */
const LARGEST_MS = 300_000;
/** What was seen is expected again for so long. */
const MEMORY_MS = 1_800_000;

/**
 * How far the exchange's listing has lately been seen to lag behind its feed: it lacked a trade that the feed had brought.
 * Where the feed lost messages, nothing is concluded about so much of its end.
 */
export class ListingLag {
  #lagMs = 0;
  #seenMs = -Infinity;

  /** A listing lacked a trade of this age. */
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
