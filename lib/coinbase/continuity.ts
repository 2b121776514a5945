/** A number up to this far back is a late or repeated message; further back it is a new count. */
const MAX_LATENESS = 16;

/** Watches a number that increases by one with every message, and detects missing messages. */
export class Continuity {
  #expected: number | null;

  /** `first` is the number the count starts from; null if it may start anywhere. */
  constructor(first: number | null) {
    this.#expected = first;
  }

  /** Whether messages are missing before this one. A late or repeated one is not a loss. */
  jumped(count: number | null): boolean {
    if (count === null) return false;
    const expected = this.#expected ?? count;
    if (count < expected && count >= expected - MAX_LATENESS) return false;
    this.#expected = count + 1;
    return count !== expected;
  }
}
