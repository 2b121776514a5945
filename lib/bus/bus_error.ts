import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";

/** A bus that cannot be used: bad credentials, a bad address, or closed. The message is one line. */
export class BusError extends Error {
  override name = "BusError";
}

/**
 * With a full disk, nats-server (2.15) leaves the messages of a stream unanswered while it answers
 * everything else, and does not recover without a restart.
 */
export const KEEPS_NOTHING =
  "JetStream answers but keeps nothing: its disk is probably full; make room, then restart nats-server";

/** No stream takes the message, or JetStream does not answer at all. */
export const NOT_THERE = "JetStream does not answer: not enabled, or no leader";
const NOT_FOR_ACCOUNT =
  "JetStream is not enabled for this NATS account: enable it, or log in to an account that has it";
export const TOO_LATE = "JetStream does not answer in time";

/** An error of JetStream or of the connection, in one line. */
export function describeBusError(error: unknown): string {
  if (error instanceof JetStreamApiError) {
    return `JetStream refuses: ${error.message} (${error.code})`;
  }
  if (error instanceof Error && error.name === "JetStreamNotEnabled") {
    return error.message.includes("account") ? NOT_FOR_ACCOUNT : NOT_THERE;
  }
  if (error instanceof errors.TimeoutError) return TOO_LATE;
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n")[0] ?? "";
}
