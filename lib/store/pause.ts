/** Waits `ms` milliseconds; ends at once, and quietly, when aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(finish, ms);
  signal.addEventListener("abort", finish, { once: true });
  function finish() {
    clearTimeout(timer);
    signal.removeEventListener("abort", finish);
    resolve();
  }
  return promise;
}
