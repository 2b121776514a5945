import { setImmediate } from "node:timers";

/**
 * For tests: resolves once all pending promises have settled. Between two timers a `FakeClock` lets
 * a program run for a few turns only.
 */
export function idleProgram(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
