import { type Clock, systemClock } from "../time/clock.ts";
import { DatabaseDownError } from "./database_error.ts";

/** Longest that a statement waits for a free connection. */
const TIMEOUT_MS = 20_000;
/** Most statements that wait; further ones fail immediately. */
const MOST_WAITING = 10_000;

/** A limited number of slots for connections. Owned by a pool. */
export class DatabaseSlots {
  #free: number;
  #closed = false;
  readonly #waiting = new Set<{ readonly go: () => void; readonly fail: (error: Error) => void }>();

  constructor(slots: number, private readonly clock: Clock = systemClock) {
    this.#free = slots;
  }

  /** Resolves when a slot is free; the caller gives it back. Throws a `DatabaseDownError`. */
  async take(): Promise<void> {
    if (this.#closed) throw new DatabaseDownError("the connections are closed");
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.size >= MOST_WAITING) throw new DatabaseDownError("too many statements wait");
    const turn = Promise.withResolvers<void>();
    const entry = { go: turn.resolve, fail: turn.reject };
    this.#waiting.add(entry);
    const cancel = this.clock.after(
      TIMEOUT_MS,
      () => turn.reject(new DatabaseDownError(`no connection was free for ${TIMEOUT_MS / 1000} s`)),
    );
    try {
      await turn.promise;
    } finally {
      cancel();
      this.#waiting.delete(entry);
    }
  }

  /** Hands the slot to the caller that has waited longest. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next.go();
  }

  /** Refuses all waiting and all later callers. */
  close(): void {
    this.#closed = true;
    for (const { fail } of this.#waiting) fail(new DatabaseDownError("the connections are closed"));
    this.#waiting.clear();
  }
}
