import type { Clock } from "./clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock for tests: time passes in `pass` and `work` only. */
export class FakeClock implements Clock {
  #now = 1_000;
  readonly #timers = new Set<Timer>();

  /** The date at which `now()` was 0. */
  #epochMs: number;

  /** `wallMs`: the date to begin with. */
  constructor(wallMs = Date.UTC(2026, 3, 7, 12)) {
    this.#epochMs = wallMs - this.#now;
  }

  now(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#epochMs + this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, running what falls due in its order, and promises in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const due = this.#due(end);
      if (due === null) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
      await settled();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Time passes while the program is busy: no timer runs during it. */
  work(ms: number): void {
    this.#now += ms;
  }

  /** The date alone moves, as when it is set, or when a machine was suspended. */
  shiftWall(ms: number): void {
    this.#epochMs += ms;
  }

  /** The first timer that falls due until `end`; of several at one instant the one set first. */
  #due(end: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === null || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
