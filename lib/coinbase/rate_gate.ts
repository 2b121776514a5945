import type { Urgency } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";

/** The queue was full, so the caller was turned away at once. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";
}

/** A request may reach the exchange so much later than it was sent, in parts of the time that the rate is counted in. */
const FLIGHT = 1 / 4;

/** What a pass was for has reached the exchange, as its answer shows. Calling it is optional, and once is enough. */
export type Arrived = () => void;

interface Waiter {
  readonly pass: () => void;
}

/**
 * Lets callers through so that at most `perSecond` arrive at the exchange in any of its seconds (below one a second: one
 * in as long as that takes), the highest priority first. The exchange counts arrivals: a pass counts until a second
 * after it has arrived, which is when its answer has come, or a quarter of a second after it was sent at the latest.
 * They are evenly spaced, but for what timers are late. It holds one timer, and only while somebody waits. At most
 * `capacity` wait; the next one gets a `GateFullError`.
 */
export class RateGate {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #spacingMs: number;
  readonly #flight: number;
  readonly #capacity: number;
  /** A set per priority: it keeps the order of arrival, and leaving it costs nothing. */
  readonly #queues = new Map<number, Set<Waiter>>();
  /** Until when the last passes count, one entry for each that may be counted at once. */
  readonly #counted: number[];
  #oldest = 0;
  #waiting = 0;
  #spacedUntil = -Infinity;
  #pausedUntil = -Infinity;
  #timer: (() => void) | null = null;

  /** `flight`: a quarter of the second if not given; longer where answers show when requests arrived. */
  constructor(options: { perSecond: number; clock: Clock; capacity?: number; flight?: number }) {
    const { perSecond, clock, capacity = 10_000, flight = FLIGHT } = options;
    this.#clock = clock;
    this.#flight = flight;
    this.#periodMs = 1000 / Math.min(1, perSecond);
    this.#counted = Array<number>(Math.max(1, Math.floor(perSecond))).fill(-Infinity);
    this.#spacingMs = this.#periodMs / this.#counted.length;
    this.#capacity = capacity;
  }

  /** Resolves when it is the caller's turn. */
  take({ priority = 0, signal }: Urgency = {}): Promise<Arrived> {
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
          resolve(this.#count());
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
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  #queue(priority: number): Set<Waiter> {
    const queue = this.#queues.get(priority) ?? new Set();
    this.#queues.set(priority, queue);
    return queue;
  }

  /** A pass is used. */
  #count(): Arrived {
    const now = this.#clock.now();
    const place = this.#oldest;
    const latestMs = now + (1 + this.#flight) * this.#periodMs;
    this.#counted[place] = latestMs;
    this.#oldest = (place + 1) % this.#counted.length;
    // What a timer is late is made up for.
    this.#spacedUntil = Math.max(this.#spacedUntil, now - this.#spacingMs / 2) + this.#spacingMs;
    return () => {
      // The place may be another's by now.
      if (this.#counted[place] !== latestMs) return;
      this.#counted[place] = Math.min(latestMs, this.#clock.now() + this.#periodMs);
      this.#stop();
      this.#pump();
    };
  }

  get #opensAt(): number {
    return Math.max(this.#counted[this.#oldest] ?? 0, this.#spacedUntil, this.#pausedUntil);
  }

  #pump(): void {
    if (this.#timer !== null) return;
    while (this.#waiting > 0 && this.#clock.now() >= this.#opensAt) this.#next()?.pass();
    if (this.#waiting === 0) return;
    const waitMs = Math.max(1, Math.ceil(this.#opensAt - this.#clock.now()));
    this.#timer = this.#clock.after(waitMs, () => {
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
