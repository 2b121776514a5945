import type { Logger } from "./log.ts";

/** No single step may hold up the others for longer; the whole must end within five seconds. */
const STEP_TIMEOUT_MS = 4000;

/** What must be closed, in the order of opening; closing goes the other way round. */
export class Shutdown {
  readonly #steps: { name: string; close: () => Promise<void> | void }[] = [];
  #running: Promise<void> | null = null;

  constructor(private readonly log: Logger) {}

  /** Whether closing has begun. */
  get begun(): boolean {
    return this.#running !== null;
  }

  /** Remembers something opened. If closing has begun already, it is closed at once. */
  add(name: string, close: () => Promise<void> | void): void {
    if (this.#running !== null) {
      this.#running = this.#running.then(() => this.#close(name, close));
    } else this.#steps.push({ name, close });
  }

  /** Closes everything, newest first; a step that fails or hangs is logged and passed over. */
  run(): Promise<void> {
    return this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    for (const { name, close } of this.#steps.toReversed()) await this.#close(name, close);
  }

  async #close(name: string, close: () => Promise<void> | void): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("took too long")), STEP_TIMEOUT_MS);
      });
      await Promise.race([close(), late]);
    } catch (error) {
      this.log.warn("closing {name} failed", { name, error });
    } finally {
      clearTimeout(timer);
    }
  }
}
