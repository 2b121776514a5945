import { type Clock, systemClock } from "../time/clock.ts";

/**
 * Lets the first touch of a key through at once and from then on at most one per interval, never losing the last one.
 * Owns one timer; whoever makes it closes it.
 */
export class LiveThrottle<Key> {
  readonly #intervalMs: number;
  readonly #send: (key: Key) => void;
  /** Keys sent within the interval, in the order in which it ends; true where touched again since. */
  readonly #windows = new Map<Key, { readonly endsAt: number; touched: boolean }>();
  readonly #clock: Clock;
  #cancelTimer: (() => void) | null = null;

  /** `intervalMs` 0 sends every touch. */
  constructor(intervalMs: number, send: (key: Key) => void, clock: Clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#send = send;
    this.#clock = clock;
  }

  /** Something about the key has changed. */
  touch(key: Key): void {
    if (this.#intervalMs === 0) return this.#send(key);
    const window = this.#windows.get(key);
    if (window !== undefined) window.touched = true;
    else {
      this.#open(key);
      this.#schedule();
    }
  }

  /** Sends all that waits, now. */
  flush(): void {
    const touched = [...this.#windows].filter(([, window]) => window.touched);
    this.#windows.clear();
    for (const [key] of touched) this.#send(key);
  }

  /** Drops what waits and stops the timer; `flush` first to lose nothing. */
  close(): void {
    this.#windows.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #open(key: Key): void {
    // A map keeps the order of insertion, and all windows are equally long: the first ends first.
    this.#windows.delete(key);
    this.#windows.set(key, { endsAt: this.#clock.now() + this.#intervalMs, touched: false });
    this.#send(key);
  }

  /** Sets the one timer for the window that ends first, which is never later than one set before. */
  #schedule(): void {
    const [next] = this.#windows.values();
    if (next === undefined || this.#cancelTimer !== null) return;
    const delayMs = Math.max(0, next.endsAt - this.#clock.now());
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    this.#cancelTimer = null;
    const now = this.#clock.now();
    for (const [key, window] of this.#windows) {
      if (window.endsAt > now) break;
      if (window.touched) this.#open(key);
      else this.#windows.delete(key);
    }
    this.#schedule();
  }
}
