/**
 * The simulated exchange's clock, whose speed a test sets while it runs: hours pass in seconds, and what is then
 * looked at closely passes slowly, or not at all. A speed of 1 is real time, 0 stops time.
 */
export class ExchangeTime {
  #atMs: number;
  #setAtMs = performance.now();
  #speed = 1;

  /** Begins at `startAtMs`, epoch milliseconds. */
  constructor(startAtMs: number) {
    this.#atMs = startAtMs;
  }

  /** Exchange time in epoch milliseconds; a simulator's `clock.now`. */
  readonly now = (): number => this.#atMs + (performance.now() - this.#setAtMs) * this.#speed;

  /** Exchange milliseconds per real one. */
  set speed(speed: number) {
    const now = this.now();
    this.#setAtMs = performance.now();
    this.#atMs = now;
    this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }
}
