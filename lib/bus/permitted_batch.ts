import type { CandleKey } from "../candles/candle.ts";

/** Whether its holder may publish at this very moment. */
export interface Permit {
  readonly permits: boolean;
}

/** For publishers that need no permit. */
export const NO_PERMIT_NEEDED: Permit = { permits: true };

/** Sends candles that were permitted. */
export interface CandleSender {
  /** Sends a candle, or counts it as dropped. Never throws, never waits. */
  send(key: CandleKey, bytes: Uint8Array): void;
}

/** The size at which the client itself writes to its socket. */
const FULL_BYTES = 32 * 1024;

/**
 * Candles about to be sent. They are gathered until the current task ends, or 32 KB are full, and sent if that is
 * permitted then. So a process that is frozen in between, and resumes when another has its lease, drops them. Owned by
 * its publisher; nothing waits in it longer than the current task.
 */
export class PermittedBatch {
  readonly #keys: CandleKey[] = [];
  readonly #texts: Uint8Array[] = [];
  #bytes = 0;

  constructor(private readonly sender: CandleSender, private readonly permit: Permit) {}

  add(key: CandleKey, bytes: Uint8Array): void {
    if (this.#keys.length === 0) queueMicrotask(() => this.flush());
    this.#keys.push(key);
    this.#texts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= FULL_BYTES) this.flush();
  }

  /** Sends what waits, or drops it if that is not permitted. */
  flush(): void {
    if (this.#keys.length === 0) return;
    if (this.permit.permits) {
      for (const [at, key] of this.#keys.entries()) {
        const bytes = this.#texts[at];
        if (bytes !== undefined) this.sender.send(key, bytes);
      }
    }
    this.#keys.length = 0;
    this.#texts.length = 0;
    this.#bytes = 0;
  }
}
