/**
 * Hands items from a producer that cannot wait to one consumer that may be slow. It holds items up to
 * `capacity` in weight; `offer` answers false when an item no longer fits, and `force` puts it in anyway.
 */
export class EventQueue<Item> implements AsyncIterableIterator<Item> {
  /** What fits, in weight. */
  readonly capacity: number;
  readonly #weigh: (item: Item) => number;
  #items: Item[] = [];
  #head = 0;
  #weight = 0;
  #ended = false;
  #wake: ((result: IteratorResult<Item>) => void) | null = null;

  constructor(capacity: number, weigh: (item: Item) => number) {
    this.capacity = capacity;
    this.#weigh = weigh;
  }

  /** What waits now, in weight. */
  get weight(): number {
    return this.#weight;
  }

  /** Puts an item in; false if it does not fit, `reserve` being added to the capacity for it. */
  offer(item: Item, reserve = 0): boolean {
    const weight = this.#weight + this.#weigh(item);
    if (this.#wake === null && this.#weight > 0 && weight > this.capacity + reserve) return false;
    this.force(item);
    return true;
  }

  /** Puts an item in whether it fits or not, unless the queue has ended. */
  force(item: Item): void {
    if (this.#ended) return;
    if (this.#wake !== null) {
      const wake = this.#wake;
      this.#wake = null;
      wake({ value: item, done: false });
      return;
    }
    this.#items.push(item);
    this.#weight += this.#weigh(item);
  }

  /** No more items come; the consumer still gets those that wait. */
  end(): void {
    this.#ended = true;
    this.#wake?.({ value: undefined, done: true });
    this.#wake = null;
  }

  next(): Promise<IteratorResult<Item>> {
    const item = this.#items[this.#head];
    if (item !== undefined) {
      this.#head++;
      this.#weight -= this.#weigh(item);
      if (this.#head === this.#items.length || this.#head === MAX_CONSUMED) {
        this.#items = this.#items.slice(this.#head);
        this.#head = 0;
      }
      return Promise.resolve({ value: item, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#wake = resolve);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Consumed items are cut off in pieces of this many, so that cutting costs little per item. */
const MAX_CONSUMED = 1024;
