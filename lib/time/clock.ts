/**
 * Time as the feed and the requests use it: for waiting and for ages. It decides nothing about candles. A
 * test passes its own.
 */
export interface Clock {
  /** Milliseconds that only ever grow, from any beginning. */
  now(): number;
  /** Runs `run` once after `delayMs`; the answer cancels that and may be called at any time. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
