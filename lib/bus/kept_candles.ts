import type { CandleKey } from "../candles/candle.ts";
import { CLOSED_STREAM, subjectOf } from "./names.ts";
import type { StreamLookup } from "./stream_access.ts";

// All of these read from the stream's leader: another server of a cluster may not have the newest
// message yet.

/** The message of a sequence in CLOSED_CANDLES; null if it has been discarded. */
export async function storedAt(
  manager: StreamLookup,
  sequence: number,
): Promise<Uint8Array | null> {
  const message = await manager.streams.getMessage(CLOSED_STREAM, { seq: sequence });
  return message?.data ?? null;
}

/** The newest message of a key in CLOSED_CANDLES; null if there is none. */
export async function newestOf(
  manager: StreamLookup,
  key: CandleKey,
): Promise<{ readonly sequence: number; readonly messageId: string } | null> {
  const message = await manager.streams.getMessage(CLOSED_STREAM, {
    last_by_subj: subjectOf("closed", key),
  });
  return message === null
    ? null
    : { sequence: message.seq, messageId: message.header.get("Nats-Msg-Id") };
}

/** Whether two byte strings are equal. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether JetStream answers at all, and about CLOSED_CANDLES. */
export async function hasStream(manager: StreamLookup): Promise<boolean> {
  return await manager.streams.info(CLOSED_STREAM).then(() => true, () => false);
}
