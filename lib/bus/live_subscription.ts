import type { Msg, NatsConnection } from "@nats-io/transport-node";
import type { CandleKey } from "../candles/candle.ts";
import type { CandleMessage } from "../candles/candle_message.ts";
import { ALL_CANDLES, keyOfSubject } from "./names.ts";

/** Subjects are few and come again and again; this many are remembered. */
const MAX_KNOWN_SUBJECTS = 32_768;

/**
 * Subscribes to every change of every candle and hands over what one read of the socket brought as one batch,
 * in order. Messages on subjects that are no candle's are ignored. Ends with `close()`; a lost connection
 * does not end it, but what was published meanwhile is not seen (closed candles show that by a jump in their
 * sequence).
 */
export function subscribeToCandles(
  connection: NatsConnection,
  onBatch: (messages: readonly CandleMessage[]) => void,
): { close(): void } {
  const keys = new Map<string, CandleKey | null>();
  let received: Msg[] = [];

  // The client parses a whole read in one go and calls back for each message on the way, so the first
  // microtask after the first callback comes when the read is through.
  const flush = () => {
    const messages = received;
    received = [];
    onBatch(toBatch(messages, keys));
  };
  const subscription = connection.subscribe(ALL_CANDLES, {
    callback: (error, message) => {
      if (error !== null) return;
      if (received.push(message) === 1) queueMicrotask(flush);
    },
  });
  return { close: () => subscription.unsubscribe() };
}

function toBatch(messages: readonly Msg[], keys: Map<string, CandleKey | null>): CandleMessage[] {
  const batch: CandleMessage[] = [];
  for (const message of messages) {
    const key = knownKey(message.subject, keys);
    if (key === null) continue;
    batch.push({ key, bytes: message.data, sequence: sequenceOf(message) });
  }
  return batch;
}

function knownKey(subject: string, keys: Map<string, CandleKey | null>): CandleKey | null {
  let key = keys.get(subject);
  if (key === undefined) {
    if (keys.size >= MAX_KNOWN_SUBJECTS) keys.clear();
    key = keyOfSubject("live", subject);
    keys.set(subject, key);
  }
  return key;
}

function sequenceOf({ headers }: Msg): number | null {
  const text = headers?.get("Nats-Sequence");
  if (!text) return null;
  const sequence = Number(text);
  return Number.isSafeInteger(sequence) ? sequence : null;
}
