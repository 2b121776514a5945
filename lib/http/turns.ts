/**
 * Lets one caller continue in each turn of the event loop, in the order of arrival. However many requests arrive
 * together, each of which computes a page for some milliseconds, the loop looks at sockets, timers and whoever does not
 * queue here between two of them. Needs no closing: what it schedules ends with the last waiting caller.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** Whether somebody has continued in this turn. */
  #taken = false;

  /** `nextTurn` runs something once when the loop has looked around. */
  constructor(private readonly nextTurn: (run: () => void) => void = setImmediate) {}

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when it is the caller's turn: at once for the first of a turn. */
  take(): Promise<void> | void {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#begin();
  }

  #begin(): void {
    this.#taken = true;
    this.nextTurn(() => {
      this.#taken = false;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#begin();
      next();
    });
  }
}
