import type { ExchangeLog as Log } from "../exchange/exchange.ts";
import type { Clock } from "../time/clock.ts";

export type { ExchangeLog as Log } from "../exchange/exchange.ts";

/** A log that writes nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {} };

const REPEAT_MS = 60_000;
const MAX_REMEMBERED = 200;

/**
 * Writes a warning at most once a minute for each key; the next one has the number that was suppressed. At most 200
 * keys are kept; the oldest is forgotten first.
 */
export class QuietLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly at: number; heldBack: number }>();

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Warns, unless the same `key` did so within the last minute. */
  warn(key: string, message: string, properties: Record<string, unknown> = {}): void {
    const now = this.#clock.now();
    const seen = this.#seen.get(key);
    if (seen !== undefined && now - seen.at < REPEAT_MS) {
      seen.heldBack++;
      return;
    }
    this.#seen.delete(key);
    this.#seen.set(key, { at: now, heldBack: 0 });
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= MAX_REMEMBERED) break;
      this.#seen.delete(oldest);
    }
    const heldBack = seen?.heldBack ?? 0;
    this.#log.warn(message, heldBack > 0 ? { ...properties, heldBack } : properties);
  }
}
