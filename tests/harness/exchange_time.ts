/**
 * The simulated exchange's clock, whose pace a test sets while it runs: hours pass in seconds, and what is then
 * looked at closely passes slowly, or not at all. A pace of 1 is real time, 0 stands still.
 */
export class ExchangeTime {
  #atMs: number;
  #setAtMs = performance.now();
  #pace = 1;

  /** Begins at `startAtMs`, epoch milliseconds. */
  constructor(startAtMs: number) {
    this.#atMs = startAtMs;
  }

  /** Exchange time in epoch milliseconds; a simulator's `clock.now`. */
  readonly now = (): number => this.#atMs + (performance.now() - this.#setAtMs) * this.#pace;

  /** Exchange milliseconds per real one. */
  set pace(pace: number) {
    const now = this.now();
    this.#setAtMs = performance.now();
    this.#atMs = now;
    this.#pace = pace;
  }

  get pace(): number {
    return this.#pace;
  }
}
