import { type Clock, systemClock } from "../time/clock.ts";

/** Keys are sent in groups this far apart. */
const SLICE_MS = 20;

interface Rest {
  /** Milliseconds of the monotonic clock. */
  readonly endsAt: number;
  touched: boolean;
}

/**
 * Sends each touched key soon and at most once per interval, but never many together: thousands of
 * keys would otherwise be sent in one long task. Never loses the last touch. Owns one timer; its
 * owner closes it.
 */
export class StaggeredPuts<Key> {
  /** Keys sent within the last interval, in the order in which their intervals end. */
  readonly #resting = new Map<Key, Rest>();
  /** Touched keys that are due. */
  readonly #waiting = new Set<Key>();
  #cancelTimer: (() => void) | null = null;

  /** `mostPerSlice` keys are sent each 20 ms; more wait longer than the interval. */
  constructor(
    private readonly intervalMs: number,
    private readonly mostPerSlice: number,
    private readonly send: (key: Key) => void,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Something about the key has changed. */
  touch(key: Key): void {
    const rest = this.#resting.get(key);
    if (rest === undefined) this.#waiting.add(key);
    else rest.touched = true;
    this.#cancelTimer ??= this.clock.after(SLICE_MS, () => this.#slice());
  }

  /** Sends all that waits, now. */
  flush(): void {
    const touched = [...this.#resting].filter(([, { touched }]) => touched).map(([key]) => key);
    const all = [...this.#waiting, ...touched];
    this.#forget();
    for (const key of all) this.send(key);
  }

  /** Drops what waits and stops the timer; `flush` first to lose nothing. */
  close(): void {
    this.#forget();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #slice(): void {
    this.#cancelTimer = null;
    const now = this.clock.now();
    for (const [key, { endsAt, touched }] of this.#resting) {
      if (endsAt > now) break;
      this.#resting.delete(key);
      if (touched) this.#waiting.add(key);
    }
    let sent = 0;
    for (const key of this.#waiting) {
      if (sent++ === this.mostPerSlice) break;
      this.#waiting.delete(key);
      this.#resting.set(key, { endsAt: now + this.intervalMs, touched: false });
      this.send(key);
    }
    if (this.#waiting.size > 0 || this.#resting.size > 0) {
      this.#cancelTimer ??= this.clock.after(SLICE_MS, () => this.#slice());
    }
  }

  #forget(): void {
    this.#resting.clear();
    this.#waiting.clear();
  }
}
