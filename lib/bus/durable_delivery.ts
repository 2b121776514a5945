import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import { nanos, type NatsConnection } from "@nats-io/transport-node";
import { BackOff } from "../time/back_off.ts";
import { describeBusError } from "./bus_error.ts";
import { hasCode } from "./layout.ts";
import { CLOSED_STREAM } from "./names.ts";

/**
 * A closed candle's message that its receiver must process, with as many retries as that takes.
 */
export interface HeldMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** When the stream took it, epoch milliseconds. */
  readonly publishedMs: number;
}

/** Which messages a durable consumer is for. */
export interface DeliveryOptions {
  /** The consumer's name. */
  readonly name: string;
  readonly subjects: readonly string[];
  /**
   * A delivered message comes again after this long without an acknowledgement; half a minute by
   * default.
   */
  readonly ackWaitMs?: number;
  /** Called once with the reason when JetStream refuses, until it works again. */
  readonly onRefusal?: (reason: string) => void;
}

/** Most messages held here that are not done: the server keeps the others back. */
const MAX_HELD = 2_000;
const ACK_WAIT_MS = 30_000;
const FETCH_MESSAGES = 200;
const FETCH_MS = 2_000;
const CONFIRM_MS = 2_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2_000;

const CONSUMER_NOT_FOUND = 10014;

/**
 * Messages of a durable consumer in the stream's order, each handed out once and kept until it is done. One process at
 * a time may use a consumer. The caller closes it.
 *
 * After a crash or a lost connection, what was delivered and not acknowledged comes again half a minute later, behind
 * newer messages. So nothing is handed out until all that the server counts as delivered has arrived. A loss shows as a
 * hole in the numbers of the deliveries.
 */
export class DurableDelivery {
  /** Not done, by sequence. */
  readonly #held = new Map<number, JsMsg>();
  /** Done, but not yet confirmed by the server. */
  readonly #done = new Map<number, JsMsg>();
  /** The newest that are done and confirmed: a server that is killed may forget what it confirmed. */
  readonly #confirmed = new Set<number>();
  /** The sequences of held messages that were handed out. */
  readonly #handedOut = new Set<number>();
  readonly #ackWaitMs: number;
  readonly #working: ReturnType<typeof setInterval>;
  #isRefused = false;
  #lastDelivery = 0;
  #isWhole = false;
  /** When the consumer was made. */
  #created: string | null = null;
  /** From when on a newly created consumer delivers. */
  #since = new Date();

  constructor(
    private readonly connection: NatsConnection,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly options: DeliveryOptions,
    /** Creates the stream again if it is missing. */
    private readonly repairLayout: () => Promise<void>,
  ) {
    this.#ackWaitMs = options.ackWaitMs ?? ACK_WAIT_MS;
    this.#working = setInterval(() => {
      if (connection.isClosed()) return;
      for (const message of this.#held.values()) message.working();
    }, this.#ackWaitMs / 3);
  }

  /** Continues over lost connections; ends when aborted, or when the consumer was replaced by another. */
  async *messages(signal: AbortSignal): AsyncGenerator<HeldMessage> {
    const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS);
    while (!signal.aborted && !this.connection.isClosed()) {
      try {
        const info = await this.#ensure();
        const created = String(info.created);
        if (this.#created !== null && this.#created !== created) return;
        this.#created = created;
        const consumer = await this.client.consumers.get(CLOSED_STREAM, this.options.name);
        this.#isWhole = false;
        this.#lastDelivery = info.delivered.consumer_seq;
        while (!signal.aborted) {
          if (!this.#isWhole) this.#isWhole = await this.#look(consumer);
          yield* this.#handOut();
          for await (const message of this.#fetch(consumer, signal)) {
            this.#take(message);
            yield* this.#handOut();
          }
          backOff.reset();
          this.#isRefused = false;
        }
      } catch (error) {
        this.#report(error);
        void this.repairLayout();
        await backOff.wait(signal);
      }
    }
  }

  /** Marks a message as done, so that it is not delivered again. */
  done(sequence: number): void {
    const message = this.#held.get(sequence);
    if (message === undefined) return;
    this.#held.delete(sequence);
    this.#handedOut.delete(sequence);
    this.#done.set(sequence, message);
    void this.#confirm(sequence, message);
  }

  /** How many messages are not done, here and at the server. Throws if JetStream does not answer. */
  async waiting(): Promise<number> {
    const { num_pending } = await this.manager.consumers.info(CLOSED_STREAM, this.options.name);
    return num_pending + this.#held.size;
  }

  /** Gives back what is not done. */
  async close(): Promise<void> {
    clearInterval(this.#working);
    if (this.connection.isClosed()) return;
    for (const message of this.#held.values()) message.nak();
    await Promise.race([
      this.connection.flush().catch(() => {}),
      new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, CONFIRM_MS))),
    ]);
  }

  /** Reports what JetStream refuses; whether NATS can be reached is reported elsewhere. */
  #report(error: unknown): void {
    if (this.#isRefused || !(error instanceof JetStreamApiError)) return;
    this.#isRefused = true;
    this.options.onRefusal?.(describeBusError(error));
  }

  async *#fetch(consumer: Consumer, signal: AbortSignal): AsyncGenerator<JsMsg> {
    const messages = await consumer.fetch({ max_messages: FETCH_MESSAGES, expires: FETCH_MS });
    const stop = () => messages.stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      if (signal.aborted) stop();
      yield* messages;
    } finally {
      // All fetches of a process share one signal: without this their listeners would pile up on
      // it.
      signal.removeEventListener("abort", stop);
    }
  }

  #take(message: JsMsg): void {
    const { seq, info: { deliverySequence } } = message;
    if (deliverySequence !== this.#lastDelivery + 1) this.#isWhole = false;
    this.#lastDelivery = deliverySequence;
    if (this.#done.has(seq) || this.#confirmed.has(seq)) {
      this.#done.set(seq, message);
      void this.#confirm(seq, message);
    } else this.#held.set(seq, message);
  }

  *#handOut(): Iterable<HeldMessage> {
    if (!this.#isWhole || this.#handedOut.size === this.#held.size) return;
    const fresh = [...this.#held].filter(([sequence]) => !this.#handedOut.has(sequence));
    for (const [sequence, message] of fresh.sort(([a], [b]) => a - b)) {
      this.#handedOut.add(sequence);
      this.#since = message.time;
      yield {
        sequence,
        subject: message.subject,
        bytes: message.data,
        publishedMs: message.time.getTime(),
      };
    }
  }

  /** Whether all that the server counts as delivered is here, while nothing is in flight. */
  async #look(consumer: Consumer): Promise<boolean> {
    const unconfirmed = [...this.#done];
    await Promise.all(unconfirmed.map(([sequence, message]) => this.#confirm(sequence, message)));
    if (this.#done.size > 0) return false;
    const { delivered, num_ack_pending } = await consumer.info();
    // A message that the stream has discarded since is still held here, but no longer pending
    // at the server.
    return delivered.consumer_seq === this.#lastDelivery && num_ack_pending <= this.#held.size;
  }

  /** Acknowledges until the server confirms it; what is not confirmed comes again and is acknowledged then. */
  async #confirm(sequence: number, message: JsMsg): Promise<void> {
    const known = await message.ackAck({ timeout: CONFIRM_MS }).catch(() => false);
    if (!known) return;
    this.#done.delete(sequence);
    this.#confirmed.add(sequence);
    if (this.#confirmed.size <= MAX_HELD) return;
    for (const oldest of this.#confirmed) {
      this.#confirmed.delete(oldest);
      break;
    }
  }

  async #ensure(): Promise<ConsumerInfo> {
    const { name, subjects } = this.options;
    const wanted = {
      ack_wait: nanos(this.#ackWaitMs),
      max_ack_pending: MAX_HELD,
      filter_subjects: [...subjects],
    } satisfies Partial<ConsumerConfig>;
    try {
      const info = await this.manager.consumers.info(CLOSED_STREAM, name);
      const before = info.config.filter_subjects ?? [];
      const isAsWanted = before.length === subjects.length &&
        subjects.every((subject) => before.includes(subject)) &&
        info.config.max_ack_pending === MAX_HELD;
      return isAsWanted ? info : await this.manager.consumers.update(CLOSED_STREAM, name, wanted);
    } catch (error) {
      if (!hasCode(error, CONSUMER_NOT_FOUND)) throw error;
      return await this.manager.consumers.add(CLOSED_STREAM, {
        ...wanted,
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.StartTime,
        opt_start_time: this.#since.toISOString(),
      });
    }
  }
}
