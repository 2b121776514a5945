import type { History } from "../history/history.ts";
import { BackOff } from "../time/back_off.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** The shortest and the longest interval. A point of a sparkline is half an hour. */
const EVERY_MS = [3_000, 60_000] as const;

/**
 * Reads the last day's prices periodically until aborted: soon after a read that found more than
 * the one before, as in the minutes after a first start, and otherwise at growing intervals, up to
 * a minute.
 */
export async function keepSparklines(
  history: Pick<History, "refreshDay">,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  const backOff = new BackOff(...EVERY_MS, clock);
  let before = 0;
  while (!signal.aborted) {
    try {
      const points = await history.refreshDay(Math.floor(clock.wallMs() / 1000));
      if (points > before) backOff.reset();
      before = points;
    } catch {
      // The pages show that the database is down.
    }
    await backOff.wait(signal);
  }
}
