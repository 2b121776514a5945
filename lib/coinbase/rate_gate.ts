import type { Urgency } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";

/** The queue was full, so the caller was refused immediately. */
export class GateFullError extends Error {
  override readonly name = "GateFullError";
}

/** Longest that a request is assumed to take to reach the exchange, as a part of the period of the rate. */
const FLIGHT = 1 / 4;

/**
 * Reports that a request has reached the exchange, as its answer shows. Calling it is optional, and needed only once.
 */
export type Arrived = () => void;

interface Waiter {
  readonly pass: () => void;
}

/**
 * Lets callers pass so that at most `perSecond` requests arrive at the exchange in any second (for rates below one: one
 * in each such period), highest priority first. The exchange counts arrivals, so a pass counts until a second after its
 * arrival: that is when its answer came, or at the latest a quarter of a second after it was sent. Passes are evenly
 * spaced, except for late timers. It holds one timer, and only while callers wait. At most `capacity` wait; the next
 * one gets a `GateFullError`.
 */
export class RateGate {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #spacingMs: number;
  readonly #flight: number;
  readonly #capacity: number;
  /** A set per priority: it keeps the order of arrival, and leaving it is cheap. */
  readonly #queues = new Map<number, Set<Waiter>>();
  /** Until when each of the last passes counts; as many entries as passes may count at a time. */
  readonly #counted: number[];
  #oldest = 0;
  #waiting = 0;
  #spacedUntil = -Infinity;
  #pausedUntil = -Infinity;
  #timer: (() => void) | null = null;

  /** `flight`: a quarter of the period by default; longer where answers show when requests arrived. */
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

  /** Lets no caller pass for the next `ms`, as the exchange requested. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  #queue(priority: number): Set<Waiter> {
    const queue = this.#queues.get(priority) ?? new Set();
    this.#queues.set(priority, queue);
    return queue;
  }

  /** Counts a pass. */
  #count(): Arrived {
    const now = this.#clock.now();
    const place = this.#oldest;
    const latestMs = now + (1 + this.#flight) * this.#periodMs;
    this.#counted[place] = latestMs;
    this.#oldest = (place + 1) % this.#counted.length;
    // Makes up for a late timer.
    this.#spacedUntil = Math.max(this.#spacedUntil, now - this.#spacingMs / 2) + this.#spacingMs;
    return () => {
      // The place may belong to another pass by now.
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
