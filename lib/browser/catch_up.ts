/** Delays before the second and later attempts; the last one is repeated. */
const RETRY_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

export interface CatchUpParts {
  /** Reads history and shows it. Rejects when it cannot be read. */
  read(signal: AbortSignal): Promise<void>;
  /** Whether the last attempt failed. */
  onFailing?(isFailing: boolean): void;
  /** Resolves after that time or when the signal is aborted. */
  pause?(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Reads history again after a stream that could not resume, and retries until it succeeds, since a
 * hole in an open chart is never filled otherwise. One read at a time; a request during a read is
 * followed by another read. Its owner closes it.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #closed = new AbortController();
  #isRunning = false;
  #isWanted = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  request(): void {
    this.#isWanted = true;
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    const { read, onFailing, pause = realPause } = this.#parts;
    this.#isRunning = true;
    for (let failures = 0; this.#isWanted && !signal.aborted;) {
      this.#isWanted = false;
      try {
        await read(signal);
        failures = 0;
        if (!signal.aborted) onFailing?.(false);
      } catch {
        if (signal.aborted) break;
        this.#isWanted = true;
        onFailing?.(true);
        await pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0, signal);
      }
    }
    this.#isRunning = false;
  }
}

function realPause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}
