import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";

/** A bus that cannot be used: bad credentials, a bad address, or closed. The message is one line. */
export class BusError extends Error {
  override name = "BusError";
}

/** What JetStream or the connection complains of, in one line. */
export function describeBusError(error: unknown): string {
  if (error instanceof JetStreamApiError) {
    return `JetStream refuses: ${error.message} (${error.code})`;
  }
  if (error instanceof Error && error.name === "JetStreamNotEnabled") {
    return "JetStream does not answer: not enabled, or no leader";
  }
  if (error instanceof errors.TimeoutError) return "JetStream does not answer in time";
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n")[0] ?? "";
}
