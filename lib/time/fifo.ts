/** Taken items are cut off in one piece once there are this many, and no fewer than are left. */
const MIN_TAKEN = 64;

/**
 * A queue whose items cost the same however many wait. An array's `shift` moves all that is left, for each item taken,
 * once it holds more than some sixteen thousand. Needs no closing.
 */
export class Fifo<Item extends object> {
  #items: (Item | null)[] = [];
  #head = 0;

  /** How many items wait. */
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
    // A taken item must not stay in memory until it is cut off.
    this.#items[this.#head++] = null;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= MIN_TAKEN && this.#head >= this.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The `count` items that have waited longest, or fewer, in order; they still wait. */
  peek(count: number): Item[] {
    const items: Item[] = [];
    for (const item of this.#items.slice(this.#head, this.#head + count)) {
      if (item !== null) items.push(item);
    }
    return items;
  }

  clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }
}
