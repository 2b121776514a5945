/**
 * Lets the first touch of a key through at once and from then on at most one per interval, never losing the last one.
 * Owns one timer; whoever makes it closes it.
 */
export class LiveThrottle<Key> {
  readonly #intervalMs: number;
  readonly #send: (key: Key) => void;
  /** Keys sent within the interval, in the order in which it ends; true where touched again since. */
  readonly #windows = new Map<Key, { readonly endsAt: number; touched: boolean }>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `intervalMs` 0 sends every touch. */
  constructor(intervalMs: number, send: (key: Key) => void) {
    this.#intervalMs = intervalMs;
    this.#send = send;
  }

  /** Something about the key has changed. */
  touch(key: Key): void {
    if (this.#intervalMs === 0) return this.#send(key);
    const window = this.#windows.get(key);
    if (window === undefined) this.#open(key);
    else window.touched = true;
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
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #open(key: Key): void {
    // A map keeps the order of insertion, and all windows are equally long: the first ends first.
    this.#windows.delete(key);
    this.#windows.set(key, { endsAt: performance.now() + this.#intervalMs, touched: false });
    this.#send(key);
    this.#timer ??= setTimeout(() => this.#tick(), this.#intervalMs);
  }

  #tick(): void {
    this.#timer = null;
    const now = performance.now();
    for (const [key, window] of this.#windows) {
      if (window.endsAt > now) break;
      if (window.touched) this.#open(key);
      else this.#windows.delete(key);
    }
    const [next] = this.#windows.values();
    if (next !== undefined) {
      this.#timer ??= setTimeout(() => this.#tick(), Math.max(1, next.endsAt - performance.now()));
    }
  }
}
