import type { Bus } from "../bus/bus.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";

const EVERY_MS = 10_000;

/**
 * Reports every ten seconds how many closed candles the database does not have yet. Returns a function that stops this.
 */
export function watchStoreLag(
  bus: Pick<Bus, "storeLag">,
  onPending: (candles: number) => void,
  everyMs = EVERY_MS,
  clock: Clock = systemClock,
): () => void {
  let isReading = false;
  const read = async () => {
    if (isReading) return;
    isReading = true;
    try {
      onPending((await bus.storeLag()).pending);
    } catch {
      // The bus is down, which is reported elsewhere. The last number is kept.
    } finally {
      isReading = false;
    }
  };
  void read();
  return every(clock, everyMs, () => void read());
}
