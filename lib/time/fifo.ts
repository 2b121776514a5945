/** Taken items are cut off in one piece once there are so many, and at least as many as are left. */
const MIN_TAKEN = 64;

/**
 * What waits in turn, taken from its front. An array's own `shift` moves all that is left once it holds more than some
 * sixteen thousand, for each item taken; here an item costs the same however many wait. Needs no closing.
 */
export class Fifo<Item extends object> {
  #items: (Item | null)[] = [];
  #head = 0;

  /** How many wait. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The one that has waited longest; null if none waits. */
  get first(): Item | null {
    return this.#items[this.#head] ?? null;
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the one that has waited longest; null if none waits. */
  take(): Item | null {
    const item = this.first;
    if (item === null) return null;
    // What was taken must not stay in memory until it is cut off.
    this.#items[this.#head++] = null;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= MIN_TAKEN && this.#head >= this.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** At most so many of those that have waited longest, in order; they still wait. */
  peek(count: number): Item[] {
    const items: Item[] = [];
    for (const item of this.#items.slice(this.#head, this.#head + count)) {
      if (item !== null) items.push(item);
    }
    return items;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }
}
