/**
 * Time for waiting, ages and dates. It decides nothing about candles. Passed in wherever code
 * waits, throttles or backs off, so that tests drive it by hand (`FakeClock`).
 */
export interface Clock {
  /** Milliseconds that only ever grow, from any beginning. */
  now(): number;
  /** The date: milliseconds since 1970. May be set back. */
  wallMs(): number;
  /** Runs `run` once after `delayMs`; the answer cancels that and may be called at any time. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own clocks and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The same clock, but its timers do not keep the process alive. */
export const backgroundClock: Clock = {
  ...systemClock,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  },
};

/** Runs `run` every `intervalMs`, counted from the end of the run before; the answer ends that. */
export function every(clock: Clock, intervalMs: number, run: () => void): () => void {
  let stopped = false;
  let cancel = clock.after(intervalMs, tick);
  function tick() {
    run();
    if (!stopped) cancel = clock.after(intervalMs, tick);
  }
  return () => {
    stopped = true;
    cancel();
  };
}
