import type { BusCondition } from "./bus_state.ts";

/**
 * Runs work that waits for acknowledgements, and rejects as soon as the connection is lost or the signal aborted:
 * acknowledgements do not survive their connection, so waiting for their timeouts gains nothing.
 */
export async function untilDisconnect<T>(
  condition: BusCondition,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T> {
  const lost = Promise.withResolvers<never>();
  const stop = condition.onState(() => {
    if (!condition.connected) lost.reject(new Error("disconnected"));
  });
  const closed = () => lost.reject(new Error("closed"));
  signal.addEventListener("abort", closed, { once: true });
  try {
    return await Promise.race([work, lost.promise]);
  } finally {
    stop();
    signal.removeEventListener("abort", closed);
  }
}
