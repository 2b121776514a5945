/**
 * How often the loop looks around between two callers: a health check over a new connection takes three turns (accepted,
 * read, answered), and must not wait for a page in each of them.
 */
const LOOKS = 4;

/**
 * Lets one caller at a time continue, in the order of arrival, a few turns of the event loop apart. However many requests arrive
 * together, each of which computes a page for some milliseconds, the loop looks at sockets, timers and whoever does not
 * queue here between two of them. Needs no closing: what it schedules ends with the last waiting caller.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** Whether somebody has continued in this turn. */
  #taken = false;

  /** `nextTurn` runs something once when the loop has looked around; that happens `looks` times between two callers. */
  constructor(
    private readonly nextTurn: (run: () => void) => void = setImmediate,
    private readonly looks = LOOKS,
  ) {}

  /** Resolves when it is the caller's turn: at once for the first of a turn. */
  take(): Promise<void> | void {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#begin();
  }

  #begin(): void {
    this.#taken = true;
    this.#look(this.looks);
  }

  #look(left: number): void {
    this.nextTurn(() => {
      if (left > 1) return this.#look(left - 1);
      this.#taken = false;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#begin();
      next();
    });
  }
}
