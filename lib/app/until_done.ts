import type { Logger } from "../log.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";

export interface UntilDoneOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

const MIN_MS = 1000;
const MAX_MS = 60_000;

/**
 * Retries work that may fail for a while until it succeeds; false if aborted first. The first failure is logged as a
 * warning, later ones as debug lines, and the success after them as information.
 */
export async function untilDone(
  what: string,
  work: () => Promise<void>,
  { log, signal, clock = systemClock }: UntilDoneOptions,
): Promise<boolean> {
  const backOff = new BackOff(MIN_MS, MAX_MS, clock);
  let failures = 0;
  while (!signal.aborted) {
    try {
      await work();
      if (failures > 0) log.info("{what} works again", { what, failures });
      return true;
    } catch (error) {
      if (signal.aborted) break;
      const message = "{what} failed and is retried";
      if (failures++ === 0) log.warn(message, { what, error });
      else log.debug(message, { what, error });
    }
    await backOff.wait(signal);
  }
  return false;
}
