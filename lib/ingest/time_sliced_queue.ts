/** So long is worked at once, and so long is left to everything else after that. */
const WORK_MS = 3;
const REST_MS = 5;

/**
 * Work on many items that come due together (the products of a minute that ends), in short slices, so that what else is
 * to be done meanwhile does not wait for all of them. Each item is worked on once, however often it is added before
 * that. Owns one timer; whoever makes it flushes and closes it.
 */
export class TimeSlicedQueue<Item> {
  readonly #waiting = new Set<Item>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly work: (item: Item) => void) {}

  /** Works on it soon: within a few milliseconds if nothing else waits. */
  add(item: Item): void {
    this.#waiting.add(item);
    this.#timer ??= setTimeout(() => this.#slice(), 0);
  }

  /** Works on all that waits, now. */
  flush(): void {
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      this.work(item);
    }
  }

  /** Drops what waits and stops the timer; `flush` first to lose nothing. */
  close(): void {
    this.#waiting.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #slice(): void {
    const until = performance.now() + WORK_MS;
    for (const item of this.#waiting) {
      this.#waiting.delete(item);
      this.work(item);
      if (performance.now() >= until) break;
    }
    this.#timer = this.#waiting.size === 0 ? null : setTimeout(() => this.#slice(), REST_MS);
  }
}
