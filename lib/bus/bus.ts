import {
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ClosedBatch } from "../candles/closed_batch.ts";
import type { Candle } from "../candles/candle.ts";
import type { CandleReceiver, ClosedMessage } from "../candles/candle_message.ts";
import type { BusOptions } from "./bus_options.ts";
import { BusCondition, type BusState } from "./bus_state.ts";
import { ClosedHistory, type HistoryOptions } from "./closed_history.ts";
import { ClosedPublisher } from "./closed_publisher.ts";
import type { ClosedPublisherOptions } from "./closed_publisher_options.ts";
import { connectForGood } from "./connection.ts";
import { CurrentBucket } from "./current_bucket.ts";
import { type DeliveryOptions, DurableDelivery } from "./durable_delivery.ts";
import { LayoutKeeper } from "./layout_keeper.ts";
import { DEFAULT_LAYOUT, type LayoutSettings } from "./layout_settings.ts";
import type { Lease } from "./lease.ts";
import { type LeaseOptions, takeLease } from "./lease_taking.ts";
import { LivePublisher } from "./live_publisher.ts";
import { LiveSubscription } from "./live_subscription.ts";
import { CLOSED_STREAM, STORE_CONSUMER } from "./names.ts";
import { ShardPublisher } from "./shard_publisher.ts";
import { NO_PERMIT_NEEDED, type Permit } from "./permitted_batch.ts";
import { consumeClosedCandles, type ConsumeOptions } from "./store_consumer.ts";
import { setAside, type UntakenMessage } from "./set_aside.ts";
import { readStoreFloor, resetStoreFloor, type StoreFloor } from "./store_floor.ts";

/** How far the database is behind. */
export interface StoreLag {
  /** Closed candles that are not acknowledged yet. */
  readonly pending: number;
  /** Everything up to this sequence is acknowledged. */
  readonly ackFloor: number;
}

/**
 * Connects to NATS, retrying until it succeeds, and ensures that streams and bucket exist. From
 * then on it reconnects automatically, and nothing throws because of a lost connection. The caller
 * closes it. Rejects with a `BusError` for an unreadable address or credentials, or when aborted
 * first.
 */
export async function openBus(options: BusOptions): Promise<Bus> {
  const condition = new BusCondition();
  condition.onState((state) => {
    const { log, onState } = options;
    if (state.state === "up") log.info("NATS is up");
    else if (state.reason !== null) log.warn("NATS is {state}: {reason}", { ...state });
    onState?.(state);
  });
  const closing = new AbortController();
  const signal = options.signal === undefined
    ? closing.signal
    : AbortSignal.any([closing.signal, options.signal]);
  const connection = await connectForGood(options, condition, signal);
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const bus = new Bus(connection, jetstream(connection), manager, condition, options, closing);
  // Registered before the bus is ready, so that one that never becomes usable can be closed too.
  options.signal?.addEventListener("abort", () => void bus.close(), { once: true });
  await bus.ready();
  if (options.signal?.aborted) await bus.close();
  return bus;
}

/** The NATS connection with all that candles need of it. */
export class Bus {
  readonly #publishers: ClosedPublisher[] = [];
  readonly #shardPublishers = new WeakMap<Permit, ShardPublisher>();
  readonly #live: LivePublisher;
  readonly #current: CurrentBucket;
  readonly #history: ClosedHistory;
  readonly #settings: LayoutSettings;
  readonly #layout: LayoutKeeper;
  #stopped: Promise<void> | null = null;

  constructor(
    private readonly connection: NatsConnection,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly condition: BusCondition,
    private readonly options: BusOptions,
    private readonly closing: AbortController,
  ) {
    this.#live = new LivePublisher(connection, condition);
    this.#current = new CurrentBucket(connection, client, manager, condition);
    this.#history = new ClosedHistory(client, manager);
    const { replicas, layout, log } = options;
    this.#settings = { ...DEFAULT_LAYOUT, ...layout, replicas };
    const version = () => connection.info?.version;
    this.#layout = new LayoutKeeper(manager, client, condition, this.#settings, version, (line) => {
      log.warn("{line}", { line });
    }, closing.signal);
  }

  /** Resolves when streams and bucket exist, or when the connection is lost first. */
  ready(): Promise<void> {
    return this.#layout.ensure();
  }

  state(): BusState {
    return this.condition.current;
  }

  /** Calls `listener` at every change; returns a function that stops this. */
  onState(listener: (state: BusState) => void): () => void {
    return this.condition.onState(listener);
  }

  /** Live candles never sent, and current candles never kept, since the start. */
  dropped(): { readonly live: number; readonly current: number } {
    return { live: this.#live.dropped, current: this.#current.dropped };
  }

  /**
   * A publisher of live and current candles, which publishes as long as `permit` (a lease) permits
   * it.
   */
  publisherFor(permit: Permit = NO_PERMIT_NEEDED): ShardPublisher {
    return this.#shardPublishers.getOrInsertComputed(permit, () => {
      return new ShardPublisher(this.#live, this.#current, permit);
    });
  }

  /** Every key's current candle. Waits for a lost connection. */
  readCurrent(signal?: AbortSignal): Promise<Candle[]> {
    return this.#current.all(signal);
  }

  /** A queue of closed candles, published in order. Closed with the bus at the latest. */
  closedPublisher(options: ClosedPublisherOptions): ClosedPublisher {
    const publisher = new ClosedPublisher(
      this.client,
      this.manager,
      this.condition,
      { capacity: this.options.closedQueue, ...options },
      () => this.#layout.ensure(),
    );
    this.#publishers.push(publisher);
    return publisher;
  }

  /** Waits for a lease and takes it, see `takeLease`; the caller releases it. Null when aborted or closed first. */
  takeLease(name: string, options: LeaseOptions = {}): Promise<Lease | null> {
    const { client, manager, condition } = this;
    return takeLease(name, {
      client,
      manager,
      condition,
      serverVersion: () => this.connection.info?.version,
      repairLayout: () => this.#layout.ensure(),
    }, { ...options, signal: this.#untilClosing(options.signal) });
  }

  /** Every closed candle after `sequence`, up to the newest at the first call; see `ClosedHistory`. */
  closedAfter(sequence: number, options?: HistoryOptions): AsyncGenerator<ClosedMessage> {
    return this.#history.after(sequence, options);
  }

  /** Every closed candle published at or after an instant, epoch milliseconds; see `ClosedHistory`. */
  closedByTime(sinceMs: number, options?: HistoryOptions): AsyncGenerator<ClosedMessage> {
    return this.#history.since(sinceMs, options);
  }

  /** The first and last sequence kept; see `ClosedHistory`. Throws if JetStream does not answer. */
  closedBounds(): Promise<{ readonly first: number; readonly last: number }> {
    return this.#history.bounds();
  }

  /** Delivers every change of every candle, one batch for each read of the socket; the caller closes it. */
  subscribe(receiver: CandleReceiver): LiveSubscription {
    return new LiveSubscription(this.connection, receiver);
  }

  /** Closed candles for the database. */
  consumeClosed(options: ConsumeOptions): AsyncGenerator<ClosedBatch> {
    const signal = this.#untilClosing(options.signal);
    return consumeClosedCandles(this.connection, this.client, { ...options, signal }, () => {
      return this.#layout.ensure();
    });
  }

  /** Closed candles for one receiver, each until it is done; the caller closes it. See `DurableDelivery`. */
  delivery(options: DeliveryOptions): DurableDelivery {
    const { connection, client, manager } = this;
    return new DurableDelivery(connection, client, manager, options, () => this.#layout.ensure());
  }

  /** Keeps a candle that a receiver did not accept, under the receiver's name; see `setAside`. */
  setAside(name: string, message: UntakenMessage, reason: string): Promise<void> {
    return setAside(this.manager, this.client, this.#settings.replicas, name, message, reason);
  }

  /**
   * The point in the stream up to which the database has acknowledged. Throws if JetStream does not
   * answer.
   */
  storeFloor(): Promise<StoreFloor> {
    return readStoreFloor(this.manager);
  }

  /** Has every closed candle after a sequence delivered to the database again. Throws if JetStream does not answer. */
  resetStoreFloor(after: number): Promise<void> {
    return resetStoreFloor(this.manager, this.#settings.maxAckPending, after);
  }

  /** How far the database is behind. Throws if JetStream does not answer. */
  async storeLag(): Promise<StoreLag> {
    const info = await this.manager.consumers.info(CLOSED_STREAM, STORE_CONSUMER);
    return {
      pending: info.num_pending + info.num_ack_pending,
      ackFloor: info.ack_floor.stream_seq,
    };
  }

  /** Waits up to two seconds for queued closed candles, sends what is still unsent and disconnects. Idempotent. */
  close(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  /** So that `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #untilClosing(signal: AbortSignal | undefined): AbortSignal {
    const closing = this.closing.signal;
    return signal === undefined ? closing : AbortSignal.any([signal, closing]);
  }

  async #close(): Promise<void> {
    const timeoutMs = this.condition.connected ? 2_000 : 0;
    await Promise.all(this.#publishers.map((publisher) => publisher.close(timeoutMs)));
    this.closing.abort();
    await this.#layout.settled();
    if (this.condition.connected) {
      // Draining sends all that is buffered, but would never end on a connection that is lost
      // during it.
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, 1_000);
      await Promise.race([this.connection.drain().catch(() => {}), late.promise]);
      clearTimeout(timer);
    }
    if (!this.connection.isClosed()) await this.connection.close();
    this.condition.connection("closed");
  }
}
