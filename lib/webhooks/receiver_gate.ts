import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";

/** Most concurrent requests to a receiver that answers. */
const CONCURRENCY = 8;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/**
 * Decides when a receiver may be sent the next request. One that is down gets one request at a time, with growing
 * delays, until it accepts one. Every `enter` needs a `leave` or `giveUp`.
 */
export class ReceiverGate {
  readonly #backOff: BackOff;
  /** In order of arrival. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  #isDown = false;
  #closedUntilMs = 0;
  #cancelTimer = () => {};

  constructor(private readonly clock: Clock) {
    this.#backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS, clock);
  }

  /** Whether it did not answer last time, or answered that it accepts nothing now. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** Waits for the turn. False, without a turn, when aborted first. */
  enter(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    if (signal.aborted) return Promise.resolve(false);
    const enter = () => {
      signal.removeEventListener("abort", leave);
      this.#underWay++;
      resolve(true);
    };
    const leave = () => {
      this.#waiting.delete(enter);
      resolve(false);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.add(enter);
    this.#serve();
    return promise;
  }

  /**
   * The request is over. `down`: the receiver accepts nothing now, and may have named for how long.
   */
  leave(down: { readonly retryAfterMs: number | null } | null): void {
    this.#underWay--;
    this.#isDown = down !== null;
    if (down === null) this.#backOff.reset();
    else {
      const delayMs = Math.max(this.#backOff.nextMs(), down.retryAfterMs ?? 0);
      this.#closedUntilMs = Math.max(this.#closedUntilMs, this.clock.now() + delayMs);
    }
    this.#serve();
  }

  /** The request was cancelled, which shows nothing about the receiver. */
  giveUp(): void {
    this.#underWay--;
    this.#serve();
  }

  #serve(): void {
    this.#cancelTimer();
    const most = this.#isDown ? 1 : CONCURRENCY;
    for (const enter of this.#waiting) {
      if (this.#underWay >= most) return;
      const waitMs = this.#isDown ? this.#closedUntilMs - this.clock.now() : 0;
      if (waitMs > 0) {
        this.#cancelTimer = this.clock.after(waitMs, () => this.#serve());
        return;
      }
      this.#waiting.delete(enter);
      enter();
    }
  }
}
