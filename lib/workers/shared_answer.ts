import type { Clock } from "../time/clock.ts";

/** Another process did not answer in time. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/** An answer of another process, requested once for all callers that wait for it. Needs no closing. */
export class SharedAnswer<T> {
  #waiting: PromiseWithResolvers<T> | null = null;
  #cancel = () => {};

  /** `request` sends the request; an answer that has not come after `timeoutMs` rejects. */
  constructor(
    private readonly request: () => void,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** Rejects with a `NoAnswerError` if it does not come in time; the next call requests it again. */
  get(): Promise<T> {
    if (this.#waiting !== null) return this.#waiting.promise;
    const waiting = this.#waiting = Promise.withResolvers<T>();
    this.#cancel = this.clock.after(this.timeoutMs, () => {
      this.#waiting = null;
      waiting.reject(new NoAnswerError(`no answer within ${this.timeoutMs} ms`));
    });
    this.request();
    return waiting.promise;
  }

  /** Passes the answer to all that wait. */
  take(answer: T): void {
    this.#cancel();
    this.#waiting?.resolve(answer);
    this.#waiting = null;
  }
}
