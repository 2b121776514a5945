import { type Clock, systemClock } from "./clock.ts";

/** Waits `ms` milliseconds; returns early, and quietly, when aborted. */
export function pause(
  ms: number,
  signal?: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, finish);
  signal?.addEventListener("abort", finish, { once: true });
  function finish() {
    cancel();
    signal?.removeEventListener("abort", finish);
    resolve();
  }
  return promise;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Waits `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
export async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, signal, clock);
  signal.throwIfAborted();
}
