import type { CandleEvent } from "./candle_event.ts";
import { bodyOf } from "./candle_event.ts";
import type { KeyRoute } from "./key_route.ts";
import { concat, idLine } from "./sse.ts";

/**
 * What waits for a client that lags: every closed candle in order, and the newest live value per key. Its
 * owner drops the client when `closedCount` passes its bound, so this never grows beyond that.
 */
export class Lag {
  #closed: CandleEvent[] = [];
  #taken = 0;
  #live = new Map<KeyRoute, CandleEvent>();

  /** Closed candles that wait. */
  get closedCount(): number {
    return this.#closed.length - this.#taken;
  }

  /** Takes one more event; true if it replaced a live value of the key. */
  add(event: CandleEvent): boolean {
    const held = this.#live.get(event.route);
    if (!event.isClosed) {
      // A bucket that awaits its close and the one after it may both change; the later one is kept.
      if (held === undefined || event.start >= held.start) this.#live.set(event.route, event);
      return held !== undefined;
    }
    this.#closed.push(event);
    if (held === undefined || held.start > event.start) return false;
    return this.#live.delete(event.route);
  }

  /**
   * The next chunk of about `bytes`, null if nothing waits. Live values come only when no closed candle waits, so they
   * may have the id `sequence`, the hub's newest.
   */
  take(bytes: number, sequence: number): { chunk: Uint8Array<ArrayBuffer>; frames: number } | null {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    let frames = 0;
    for (; this.#taken < this.#closed.length && size < bytes; frames++) {
      const event = this.#closed[this.#taken++];
      if (event === undefined) break;
      parts.push(event.frame);
      size += event.frame.length;
    }
    if (this.#taken === this.#closed.length) {
      this.#closed = [];
      this.#taken = 0;
      const id = idLine(sequence);
      for (const [route, event] of this.#live) {
        if (size >= bytes) break;
        const body = bodyOf(event);
        parts.push(id, body);
        size += id.length + body.length;
        frames++;
        this.#live.delete(route);
      }
    }
    return parts.length === 0 ? null : { chunk: concat(parts), frames };
  }
}
