import type { BusCondition } from "./bus_state.ts";

/**
 * Work that waits for acknowledgements, which die with their connection: nothing is gained by waiting for their
 * timeouts. Rejects when the connection is lost, or the signal aborted.
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
