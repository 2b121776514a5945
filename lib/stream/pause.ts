/** Waits, or returns early when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** Milliseconds before the next try: doubling from `firstMs` up to `mostMs`. */
export function backOffMs(attempt: number, firstMs = 100, mostMs = 5_000): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20));
}
