import { type Clock, systemClock } from "../time/clock.ts";

/** Work for 3 ms, then yield the event loop for 5 ms. */
const WORK_MS = 3;
const REST_MS = 5;

/**
 * Processes many items that fall due together (all products at a minute's end) in short slices, so that other work does
 * not wait for all of them. Each item is processed once, however often it is added before that. Owns one timer; its
 * owner flushes and closes it.
 */
export class TimeSlicedQueue<Item> {
  readonly #waiting = new Set<Item>();
  #cancelTimer: (() => void) | null = null;

  constructor(
    private readonly work: (item: Item) => void,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Processes it soon: within a few milliseconds if nothing else waits. */
  add(item: Item): void {
    this.#waiting.add(item);
    this.#cancelTimer ??= this.clock.after(0, () => this.#slice());
  }

  /** Processes all that waits, now. */
  flush(): void {
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      this.work(item);
    }
  }

  /** Drops what waits and stops the timer; `flush` first to lose nothing. */
  close(): void {
    this.#waiting.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #slice(): void {
    const until = this.clock.now() + WORK_MS;
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      this.work(item);
      if (this.clock.now() >= until) break;
    }
    this.#cancelTimer = this.#waiting.size === 0
      ? null
      : this.clock.after(REST_MS, () => this.#slice());
  }
}
