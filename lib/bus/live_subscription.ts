import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import type { CandleKey } from "../candles/candle.ts";
import type { CandleMessage, CandleReceiver } from "../candles/candle_message.ts";
import { ALL_CANDLES, keyOfSubject } from "./names.ts";

/** Parsed subjects are cached, up to this many. */
const MAX_KNOWN_SUBJECTS = 32_768;

/**
 * A subscription to every change of every candle. What one read of the socket brought is delivered as one batch, in
 * order. Messages on subjects that are no candle's are ignored. Ends with `close()`; a lost connection does not end it,
 * but what was published during the loss is not seen (closed candles show that by a jump in their
 * sequence).
 */
export class LiveSubscription {
  readonly #subscription: Subscription;
  readonly #keys = new Map<string, CandleKey | null>();
  #received: Msg[] = [];

  constructor(connection: NatsConnection, private readonly receiver: CandleReceiver) {
    this.#subscription = connection.subscribe(ALL_CANDLES, {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
      },
    });
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #receive(message: Msg): void {
    // The client parses a whole read synchronously and calls back for each message in it, so a microtask queued by the
    // first callback runs when the read is finished.
    if (this.#received.push(message) === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const messages = this.#received;
    this.#received = [];
    const batch: CandleMessage[] = [];
    for (const message of messages) {
      const key = this.#keyOf(message.subject);
      if (key === null) continue;
      batch.push({ key, bytes: message.data, sequence: sequenceOf(message) });
    }
    this.receiver.deliver(batch);
  }

  #keyOf(subject: string): CandleKey | null {
    let key = this.#keys.get(subject);
    if (key === undefined) {
      if (this.#keys.size >= MAX_KNOWN_SUBJECTS) this.#keys.clear();
      key = keyOfSubject("live", subject);
      this.#keys.set(subject, key);
    }
    return key;
  }
}

function sequenceOf({ headers }: Msg): number | null {
  const text = headers?.get("Nats-Sequence");
  if (!text) return null;
  const sequence = Number(text);
  return Number.isSafeInteger(sequence) ? sequence : null;
}
