import { Fifo } from "../time/fifo.ts";

/**
 * Milliseconds that callers continue before the event loop polls its sockets: one heavy page, or many small answers.
 */
const SLICE_MS = 4;

/** What `Turns` needs of the event loop. */
export interface Loop {
  /** Milliseconds that only rise. */
  now(): number;
  /** Runs a function after all that is due. */
  soon(run: () => void): void;
  /** Runs a function after the loop has polled its sockets. */
  later(run: () => void): void;
}

/**
 * While a `setImmediate` is due, Deno polls its sockets only once in some sixty turns, so a new connection would wait
 * for a hundred pages. A timer makes it poll.
 */
const LOOP: Loop = {
  now: () => performance.now(),
  soon: (run) => void setImmediate(run),
  later: (run) => void setTimeout(run, 0),
};

/**
 * Lets one caller at a time continue, in order of arrival, and makes the event loop poll its sockets after every few
 * milliseconds. However many requests arrive together, or get their rows together, others are served between them.
 * Needs no closing: what it schedules ends with the last waiting caller.
 */
export class Turns {
  readonly #waiting = new Fifo<() => void>();
  #isBusy = false;
  #beganMs = 0;

  constructor(private readonly loop: Loop = LOOP) {}

  /** Resolves when it is the caller's turn: immediately if no other has just continued. */
  take(): Promise<void> | void {
    if (this.#isBusy) return new Promise((resolve) => this.#waiting.add(resolve));
    this.#isBusy = true;
    this.#beganMs = this.loop.now();
    this.loop.soon(() => this.#next());
  }

  /** Lets the next caller continue, now or after a poll of the sockets. */
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
    this.#waiting.take()?.();
  }
}
