import type { Urgency } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";

/** The queue was full, so the caller was turned away at once. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";
}

/**
 * One more than the rate takes this long to send. The exchange counts arrivals: only where some come a quarter of a
 * second later than others do they meet in one of its seconds.
 */
const SPREAD_MS = 1250;

interface Waiter {
  readonly pass: () => void;
}

/**
 * Lets callers through at most `perSecond` in any second, evenly spaced, the highest priority first. It
 * holds one timer, and only while somebody waits. At most `capacity` wait; the next one gets a
 * `GateFullError`.
 */
export class RateGate {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  readonly #capacity: number;
  /** A set per priority: it keeps the order of arrival, and leaving it costs nothing. */
  readonly #queues = new Map<number, Set<Waiter>>();
  #waiting = 0;
  #openAt = -Infinity;
  #timer: (() => void) | null = null;

  constructor(options: { perSecond: number; clock: Clock; capacity?: number }) {
    this.#clock = options.clock;
    this.#spacingMs = SPREAD_MS / options.perSecond;
    this.#capacity = options.capacity ?? 10_000;
  }

  /** Resolves when it is the caller's turn. */
  take({ priority = 0, signal }: Urgency = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting >= this.#capacity) {
      return Promise.reject(new GateFullError(`${this.#capacity} are waiting already`));
    }
    return new Promise((resolve, reject) => {
      const queue = this.#queue(priority);
      const leave = () => {
        if (queue.delete(waiter)) this.#waiting--;
        if (this.#waiting === 0) this.#stop();
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        pass: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      queue.add(waiter);
      this.#waiting++;
      signal?.addEventListener("abort", leave, { once: true });
      this.#pump();
    });
  }

  /** Lets nobody through for the next `ms`: the other side asked for a rest. */
  pause(ms: number): void {
    this.#openAt = Math.max(this.#openAt, this.#clock.now() + ms);
  }

  #queue(priority: number): Set<Waiter> {
    const queue = this.#queues.get(priority) ?? new Set();
    this.#queues.set(priority, queue);
    return queue;
  }

  #pump(): void {
    if (this.#timer !== null || this.#waiting === 0) return;
    const now = this.#clock.now();
    if (now >= this.#openAt) {
      this.#openAt = now + this.#spacingMs;
      this.#next()?.pass();
    }
    if (this.#waiting === 0) return;
    this.#timer = this.#clock.after(Math.max(1, Math.ceil(this.#openAt - now)), () => {
      this.#timer = null;
      this.#pump();
    });
  }

  #next(): Waiter | null {
    let best: number | null = null;
    for (const [priority, queue] of this.#queues) {
      if (queue.size === 0) this.#queues.delete(priority);
      else if (best === null || priority > best) best = priority;
    }
    if (best === null) return null;
    const queue = this.#queue(best);
    for (const waiter of queue) {
      queue.delete(waiter);
      this.#waiting--;
      return waiter;
    }
    return null;
  }

  #stop(): void {
    this.#timer?.();
    this.#timer = null;
  }
}
