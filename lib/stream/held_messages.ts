import type { CandleKey } from "../candles/candle.ts";
import type { CandleMessage, ClosedMessage } from "../candles/candle_message.ts";

const MOST_CLOSED = 20_000;

/**
 * Messages that wait for earlier closed candles: closed ones in order, live ones coalesced per key. Closed ones beyond
 * `MOST_CLOSED` are not kept; they are fetched together with what is missing.
 */
export class HeldMessages {
  #closed: ClosedMessage[] = [];
  #live = new Map<CandleKey, CandleMessage>();

  /** Adds the messages of one bus read. Returns the newest sequence that is not kept; 0 if all are. */
  add(batch: readonly CandleMessage[]): number {
    let unkept = 0;
    for (const message of batch) {
      const { key, bytes, sequence } = message;
      if (sequence === null) {
        this.#live.set(key, message);
        continue;
      }
      this.#closed.push({ key, bytes, sequence });
      if (this.#closed.length < MOST_CLOSED) continue;
      this.#closed = [];
      unkept = Math.max(unkept, sequence);
    }
    return unkept;
  }

  /** Removes and returns all that waits. */
  take(): { readonly closed: readonly ClosedMessage[]; readonly live: readonly CandleMessage[] } {
    const taken = { closed: this.#closed, live: [...this.#live.values()] };
    this.#closed = [];
    this.#live = new Map();
    return taken;
  }
}
