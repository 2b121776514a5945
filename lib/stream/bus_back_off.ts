import { BackOff } from "../time/back_off.ts";
import type { Clock } from "../time/clock.ts";

/** Delays before a request to the bus is retried: 100 ms to 5 s. */
export function busBackOff(clock?: Clock): BackOff {
  return new BackOff(100, 5_000, clock);
}
