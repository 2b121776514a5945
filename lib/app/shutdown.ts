import type { Logger } from "../log.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** How long closing may take; the process must end within five seconds. */
const LIMITS = {
  /** Limit of one step. */
  stepMs: 4000,
  /** Limit of all steps together: the remaining ones are then begun and not awaited. */
  allMs: 4500,
};

/** What must be closed, in the order of opening. It is closed in reverse order. */
export class Shutdown {
  readonly #steps: { name: string; close: () => Promise<void> | void }[] = [];
  #running: Promise<void> | null = null;
  #endsAtMs = 0;

  constructor(
    private readonly log: Logger,
    private readonly limits = LIMITS,
    private readonly clock: Clock = systemClock,
  ) {}

  get begun(): boolean {
    return this.#running !== null;
  }

  /**
   * Registers something that was opened. If closing has begun already, it is closed immediately.
   */
  add(name: string, close: () => Promise<void> | void): void {
    if (this.#running !== null) {
      this.#running = this.#running.then(() => this.#close(name, close));
    } else this.#steps.push({ name, close });
  }

  /**
   * Closes everything, newest first; a step that fails or hangs is logged and skipped. It takes less than five seconds,
   * whatever hangs.
   */
  run(): Promise<void> {
    return this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    this.#endsAtMs = this.clock.now() + this.limits.allMs;
    for (const { name, close } of this.#steps.toReversed()) await this.#close(name, close);
  }

  async #close(name: string, close: () => Promise<void> | void): Promise<void> {
    const leftMs = Math.max(0, this.#endsAtMs - this.clock.now());
    const late = Promise.withResolvers<never>();
    const cancel = this.clock.after(
      Math.min(this.limits.stepMs, leftMs),
      () => late.reject(new Error("took too long")),
    );
    try {
      await Promise.race([close(), late.promise]);
    } catch (error) {
      this.log.warn("closing {name} failed", { name, error });
    } finally {
      cancel();
    }
  }
}
