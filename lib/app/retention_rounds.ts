import { epochSeconds, type Granularity } from "../candles/granularity.ts";
import { logger } from "../log.ts";
import type { Store } from "../store/store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";

const EVERY_MS = 3_600_000;

/** The part of the store that removes candles. */
export interface RetentionStore extends Pick<Store, "ready"> {
  retention(days: ReadonlyMap<Granularity, number>): Pick<ReturnType<Store["retention"]>, "sweep">;
}

/** Removes old candles once an hour, if any granularity has a retention. Ends with the signal. */
export async function keepRetention(
  store: RetentionStore,
  days: ReadonlyMap<Granularity, number>,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  if (days.size === 0) return;
  const log = logger("retention");
  await store.ready().catch(() => {});
  while (!signal.aborted) {
    try {
      const now = epochSeconds(Math.floor(clock.wallMs() / 1000));
      const { deleted, chunksDropped } = await store.retention(days).sweep(now, signal);
      if (deleted + chunksDropped > 0) {
        log.info("{deleted} old candles removed, {chunksDropped} chunks dropped", {
          deleted,
          chunksDropped,
        });
      }
    } catch (error) {
      if (!signal.aborted) log.warn("old candles could not be removed", { error });
    }
    await pause(EVERY_MS, signal, clock);
  }
}
