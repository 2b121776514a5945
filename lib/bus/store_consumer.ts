import type { ConsumerMessages, JetStreamClient, JsMsg } from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/transport-node";
import type { ClosedBatch } from "../candles/closed_batch.ts";
import { CLOSED_STREAM, STORE_CONSUMER } from "./names.ts";
import { BackOff } from "../time/back_off.ts";
import { nextTurn } from "../time/next_turn.ts";
import { pause } from "../time/pause.ts";

/** How to take closed candles off the stream. */
export interface ConsumeOptions {
  readonly maxBatch: number;
  /** How long an incomplete batch waits for more. */
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal;
}

/** Acknowledgements that are sent in one turn of the event loop: about a millisecond's work. */
const ACK_SLICE = 100;
/** The pull's own time-out; a lost pull is noticed within twice this. */
const PULL_EXPIRES_MS = 5_000;

/**
 * Takes closed candles from the durable consumer in batches: a full one as soon as there is one, else what has come
 * within `maxWaitMs`. At most four batches are held, however slow the caller is. Continues over lost connections; ends
 * without an error when aborted, left, or when the bus closes.
 */
export async function* consumeClosedCandles(
  connection: NatsConnection,
  client: JetStreamClient,
  options: ConsumeOptions,
  /** Creates the consumer again if it is missing. */
  repairLayout: () => Promise<void>,
): AsyncGenerator<ClosedBatch> {
  const { signal } = options;
  const backOff = new BackOff(100, 2_000);
  while (!signal?.aborted && !connection.isClosed()) {
    try {
      const consumer = await client.consumers.get(CLOSED_STREAM, STORE_CONSUMER);
      const messages = await consumer.consume({
        max_messages: options.maxBatch * 2,
        expires: PULL_EXPIRES_MS,
        // Otherwise a deleted consumer would be waited for silently.
        abort_on_missing_resource: true,
      });
      backOff.reset();
      yield* batches(connection, messages, options);
    } catch (error) {
      if (error instanceof errors.ClosedConnectionError) return;
      // Disconnected, or the consumer is missing. While disconnected this call does nothing.
      void repairLayout();
    }
    await backOff.wait(signal);
  }
}

async function* batches(
  connection: NatsConnection,
  messages: ConsumerMessages,
  { maxBatch, maxWaitMs, signal }: ConsumeOptions,
): AsyncGenerator<ClosedBatch> {
  const inbox = new Inbox(maxBatch);
  const stop = () => messages.stop();
  signal?.addEventListener("abort", stop, { once: true });
  const filling = inbox.fill(messages);
  // It is awaited below; while the caller works on a batch, its failure must not count as unhandled.
  filling.catch(() => {});
  try {
    while (await inbox.someWaiting()) {
      await inbox.fullOrAfter(maxWaitMs, signal);
      yield toBatch(connection, inbox.take(), inbox.held);
      inbox.forgetTaken();
    }
    await filling;
  } finally {
    signal?.removeEventListener("abort", stop);
    messages.stop();
    inbox.close();
    await filling.catch(() => {});
    // What is left is delivered again immediately, elsewhere. For acknowledged messages this does
    // nothing.
    for (const message of inbox.held()) message.nak();
  }
}

/**
 * Messages that have come and are not done: the current batch, and up to one and a half batches
 * behind it.
 */
class Inbox {
  /** By sequence, so that a message that comes again while it is here does not count twice. */
  readonly #waiting = new Map<number, JsMsg>();
  readonly #taken = new Map<number, JsMsg>();
  #changed = Promise.withResolvers<void>();
  #ended = false;

  constructor(private readonly maxBatch: number) {}

  /** Takes messages in, as long as there is room, until they end. */
  async fill(messages: AsyncIterable<JsMsg>): Promise<void> {
    try {
      for await (const message of messages) {
        if (this.#taken.has(message.seq)) this.#taken.set(message.seq, message);
        else this.#waiting.set(message.seq, message);
        this.#reportState();
        while (this.#waiting.size >= this.maxBatch * 1.5 && !this.#ended) {
          await this.#changed.promise;
        }
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#ended = true;
    this.#reportState();
  }

  /** Waits for a message; false if none will come. */
  async someWaiting(): Promise<boolean> {
    while (this.#waiting.size === 0 && !this.#ended) await this.#changed.promise;
    return this.#waiting.size > 0;
  }

  /** Waits for a whole batch, at most `maxWaitMs`. */
  async fullOrAfter(maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const stop = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
    let late = false;
    const waiting = pause(maxWaitMs, stop).then(() => {
      late = true;
    });
    while (this.#waiting.size < this.maxBatch && !this.#ended && !late) {
      await Promise.race([this.#changed.promise, waiting]);
    }
    over.abort();
  }

  take(): readonly JsMsg[] {
    for (const [sequence, message] of this.#waiting) {
      if (this.#taken.size === this.maxBatch) break;
      this.#waiting.delete(sequence);
      this.#taken.set(sequence, message);
    }
    this.#reportState();
    return [...this.#taken.values()];
  }

  forgetTaken(): void {
    this.#taken.clear();
  }

  readonly held = (): Iterable<JsMsg> => [...this.#taken.values(), ...this.#waiting.values()];

  #reportState(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function toBatch(
  connection: NatsConnection,
  held: readonly JsMsg[],
  allHeld: () => Iterable<JsMsg>,
): ClosedBatch {
  const bySequence = new Map(held.map((message) => [message.seq, message]));
  return {
    messages: held.map((message) => ({
      sequence: message.seq,
      subject: message.subject,
      bytes: message.data,
    })),
    async ack() {
      for (const [index, message] of held.entries()) {
        if (index > 0 && index % ACK_SLICE === 0) await nextTurn();
        message.ack();
      }
      // Acknowledgements lost with the connection only make the messages come again, and storing
      // them again changes nothing.
      await connection.flush().catch(() => {});
    },
    term: (sequence) => bySequence.get(sequence)?.term(),
    working: () => {
      for (const message of allHeld()) message.working();
    },
  };
}
