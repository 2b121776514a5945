import { BackOff } from "../time/back_off.ts";
import { backgroundClock } from "../time/clock.ts";
import type { Progress } from "./progress.ts";
import type { ServerProcess } from "./server_process.ts";

const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 10_000;

/**
 * A server that is started again whenever it ends unexpectedly: PostgreSQL stops when there is no
 * room for its log. Its owner stops or kills it.
 */
export class KeptServer {
  readonly #title: string;
  readonly #relaunch: (signal: AbortSignal) => Promise<ServerProcess>;
  readonly #progress: Progress;
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  #server: ServerProcess;

  /** `relaunch` starts it on the same port and files, and waits until it is ready. */
  constructor(
    title: string,
    server: ServerProcess,
    progress: Progress,
    relaunch: (signal: AbortSignal) => Promise<ServerProcess>,
  ) {
    this.#title = title;
    this.#server = server;
    this.#progress = progress;
    this.#relaunch = relaunch;
    this.#watching = this.#watch();
  }

  get pid(): number {
    return this.#server.pid;
  }

  /** Shuts it down, without a restart. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stop.abort();
    await this.#server.stop(timeoutMs);
    await this.#watching;
  }

  /** Ends it as a crash would, without a restart. */
  async kill(): Promise<void> {
    this.#stop.abort();
    await this.#server.kill();
    await this.#watching;
  }

  /** Shuts it down, to be started again. */
  restart(timeoutMs: number): Promise<void> {
    return this.#server.stop(timeoutMs);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#server.gone;
      const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS, backgroundClock);
      while (!signal.aborted) {
        this.#progress(`${this.#title} has ended and is started again`);
        await backOff.wait(signal);
        if (signal.aborted) return;
        try {
          this.#server = await this.#relaunch(signal);
          // It may have come up during the shutdown.
          if (signal.aborted) await this.#server.kill();
          break;
        } catch (error) {
          if (signal.aborted) return;
          this.#progress(error instanceof Error ? error.message : String(error));
        }
      }
    }
  }
}
