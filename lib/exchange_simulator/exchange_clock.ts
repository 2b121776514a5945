/**
 * The exchange's time. `now` reads the caller's clock (epoch milliseconds); otherwise time
 * starts at `startAt` (epoch milliseconds, default: now) and runs `speed` times as fast as ours.
 */
export interface ClockOptions {
  readonly now?: () => number;
  readonly speed?: number;
  readonly startAt?: number;
}

/** Exchange time in epoch microseconds; it stops between `advance` calls when manual. */
export class ExchangeClock {
  readonly speed: number;
  /** Where time began: the same for the same `startAt`, so that the same market can be started again. */
  readonly startMicros: number;
  readonly #read: () => number;
  readonly #isManual: boolean;
  #addedMs = 0;

  constructor(options: ClockOptions, manual: boolean) {
    const startAt = options.startAt ?? Date.now();
    const began = performance.now();
    const speed = options.speed ?? 1;
    this.#isManual = manual;
    this.speed = options.now ? 1 : speed;
    this.#read = options.now ??
      (manual ? () => startAt : () => startAt + (performance.now() - began) * speed);
    this.startMicros = Math.floor((options.now?.() ?? startAt) * 1000);
  }

  nowMicros(): number {
    return Math.floor((this.#read() + this.#addedMs) * 1000);
  }

  /** The steady clock that limits are counted by: our time at any speed, but a manual simulator's own. */
  limitMs(): number {
    return this.#isManual ? this.nowMicros() / 1000 : performance.now();
  }

  /** Moves exchange time by this much, back with a negative number. */
  advance(ms: number): void {
    this.#addedMs += ms;
  }
}
