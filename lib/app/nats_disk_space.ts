import type { Bus } from "../bus/bus.ts";
import { KEEPS_NOTHING } from "../bus/bus_error.ts";
import type { EmbeddedNats } from "../embedded/mod.ts";
import type { BusLog } from "../bus/bus_options.ts";
import { type Clock, every, systemClock } from "../time/clock.ts";

const LOOK_EVERY_MS = 2000;
/** JetStream writes blocks of some megabytes; with less room it would stop again immediately. */
const ENOUGH_BYTES = 32 * 1024 * 1024;

/**
 * Restarts the embedded nats-server after its disk was full, as soon as there is room. Returns a function that stops
 * this.
 */
export function restartWhenRoom(
  bus: Pick<Bus, "state">,
  nats: Pick<EmbeddedNats, "freeBytes" | "restart">,
  log: BusLog,
  clock: Clock = systemClock,
): () => void {
  let looking = false;
  return every(clock, LOOK_EVERY_MS, async () => {
    if (looking || bus.state().reason !== KEEPS_NOTHING) return;
    looking = true;
    try {
      if (await nats.freeBytes() >= ENOUGH_BYTES) {
        log.info("NATS has room again and is restarted");
        await nats.restart();
      }
    } catch (error) {
      log.warn("NATS could not be restarted", { error });
    } finally {
      looking = false;
    }
  });
}
