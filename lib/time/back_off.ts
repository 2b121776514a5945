import { type Clock, systemClock } from "./clock.ts";
import { pause } from "./pause.ts";

/**
 * Delays between retries, doubling from `minMs` to `maxMs` until something succeeds. `jitter`, from
 * 0 to 1, lengthens each by that part of itself, so that clients that failed together do not
 * retry together.
 */
export class BackOff {
  #nextMs: number;

  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
    private readonly clock: Clock = systemClock,
    private readonly jitter: () => number = () => 0,
  ) {
    this.#nextMs = minMs;
  }

  /** The delay before the next retry; the one after it will be twice as long. */
  nextMs(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, this.maxMs);
    return ms * (1 + this.jitter());
  }

  /** Waits the next delay; returns early, and quietly, when aborted. */
  async wait(signal?: AbortSignal): Promise<void> {
    await pause(this.nextMs(), signal, this.clock);
  }

  /** After a success: the next delay is the shortest again. */
  reset(): void {
    this.#nextMs = this.minMs;
  }
}
