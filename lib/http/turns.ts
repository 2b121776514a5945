/** For so long, in milliseconds, callers continue before the loop looks at its sockets: one heavy page, or many small answers. */
const SLICE_MS = 4;

/** What `Turns` needs of the event loop. */
export interface Loop {
  /** Milliseconds that only rise. */
  now(): number;
  /** Runs something once what is due has run. */
  soon(run: () => void): void;
  /** Runs something once the loop has looked at its sockets. */
  later(run: () => void): void;
}

/**
 * While a `setImmediate` is due, Deno looks at its sockets only once in some sixty turns: a new connection would wait
 * for a hundred pages. A timer lets it look.
 */
const LOOP: Loop = {
  now: () => performance.now(),
  soon: (run) => void setImmediate(run),
  later: (run) => void setTimeout(run, 0),
};

/**
 * Lets one caller at a time continue, in the order of arrival, and after some milliseconds of them the loop look at
 * its sockets. However many requests arrive together, or are answered by the database together, each of which computes
 * for a while, whatever does not queue here is served between them. Needs no closing: what it schedules ends with the
 * last waiting caller.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;
  #beganMs = 0;

  constructor(private readonly loop: Loop = LOOP) {}

  /** Resolves when it is the caller's turn: at once if no other has just continued. */
  take(): Promise<void> | void {
    if (this.#isBusy) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#isBusy = true;
    this.#beganMs = this.loop.now();
    this.loop.soon(() => this.#next());
  }

  /** Lets the next one continue, now or after a look. */
  #next(): void {
    if (this.#waiting.length === 0) {
      this.#isBusy = false;
    } else if (this.loop.now() - this.#beganMs < SLICE_MS) {
      this.#continue();
    } else {
      this.loop.later(() => {
        this.#beganMs = this.loop.now();
        this.#continue();
      });
    }
  }

  #continue(): void {
    this.loop.soon(() => this.#next());
    this.#waiting.shift()?.();
  }
}
