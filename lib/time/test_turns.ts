import { setImmediate } from "node:timers";

/**
 * For tests: resolves when nothing is left to do at this moment, however many promises are to be settled. A `FakeClock`
 * gives a program a few turns only between two timers.
 */
export function idleProgram(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
