/** Waits `ms` milliseconds; ends at once, and quietly, when aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(finish, ms);
  signal?.addEventListener("abort", finish, { once: true });
  function finish() {
    clearTimeout(timer);
    signal?.removeEventListener("abort", finish);
    resolve();
  }
  return promise;
}

/** Delays that double from `minMs` to `maxMs`. */
export class BackOff {
  #nextMs: number;

  constructor(private readonly minMs: number, private readonly maxMs: number) {
    this.#nextMs = minMs;
  }

  /** Waits the next delay; ends at once when aborted. */
  async wait(signal?: AbortSignal): Promise<void> {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, this.maxMs);
    await pause(ms, signal);
  }

  /** It worked: the next delay is the shortest again. */
  reset(): void {
    this.#nextMs = this.minMs;
  }
}
