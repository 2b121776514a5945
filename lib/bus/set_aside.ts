import { type JetStreamClient, type JetStreamManager, StorageType } from "@nats-io/jetstream";
import { headers, nanos } from "@nats-io/transport-node";
import { hasCode } from "./layout.ts";

/** The part of a message that is kept. */
export interface UntakenMessage {
  /** Its sequence in CLOSED_CANDLES. */
  readonly sequence: number;
  /** Product and granularity. */
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * The stream of candles that a webhook's receiver did not accept for a day:
 * `webhook-dead-letters.{name}.{product}.{granularity}`.
 */
export const DEAD_LETTERS_STREAM = "WEBHOOK_DEAD_LETTERS";
const PREFIX = "webhook-dead-letters.";
const MAX_BYTES = 64 * 2 ** 20;
const MAX_AGE_MS = 30 * 86_400_000;
const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;

/**
 * Keeps a candle that a webhook did not accept; once, however often it is called. Rejects while NATS cannot keep it.
 */
export async function setAside(
  manager: JetStreamManager,
  client: JetStreamClient,
  replicas: number,
  name: string,
  { sequence, key, bytes }: UntakenMessage,
  reason: string,
): Promise<void> {
  await ensureStream(manager, replicas);
  const about = headers();
  about.set("Spot-Canvas-Sequence", `${sequence}`);
  about.set("Spot-Canvas-Reason", reason);
  await client.publish(`${PREFIX}${name}.${key}`, bytes, {
    headers: about,
    msgID: `${name}.${sequence}`,
  });
}

/** Created when it is first needed; most installations never need it. */
async function ensureStream(manager: JetStreamManager, replicas: number): Promise<void> {
  try {
    await manager.streams.info(DEAD_LETTERS_STREAM);
  } catch (error) {
    if (!hasCode(error, STREAM_NOT_FOUND)) throw error;
    try {
      await manager.streams.add({
        name: DEAD_LETTERS_STREAM,
        subjects: [`${PREFIX}>`],
        description: "Closed candles that webhooks could not be given",
        storage: StorageType.File,
        max_bytes: MAX_BYTES,
        max_age: nanos(MAX_AGE_MS),
        num_replicas: replicas,
      });
    } catch (error) {
      if (!hasCode(error, STREAM_NAME_IN_USE)) throw error;
    }
  }
}
