import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { nanos } from "@nats-io/transport-node";
import { checkConsumers, explainRefusal, type Wanted } from "./account_limits.ts";
import { describeBusError } from "./bus_error.ts";
import { type LayoutSettings, LEASES_MAX_BYTES } from "./layout_settings.ts";
import {
  ALL_FENCES,
  CLOSED_STREAM,
  CURRENT_BUCKET,
  CURRENT_STREAM,
  LEASES_BUCKET,
  LEASES_STREAM,
  PREFIXES,
  STORE_CONSUMER,
} from "./names.ts";

const MINUTE_MS = 60_000;

/** How long JetStream recognises a message published twice. */
export const DUPLICATE_WINDOW_MS = 10 * MINUTE_MS;
/**
 * How long a batch may be worked on before it is delivered again; also how long a message waits that was in transit
 * when a connection broke.
 */
export const ACK_WAIT_MS = MINUTE_MS / 2;

const ALL_CLOSED = `${PREFIXES.closed}>`;

const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;
const CONSUMER_NOT_FOUND = 10014;
const CONSUMER_EXISTS = 10148;
const CONSUMER_NAME_IN_USE = 10013;

/**
 * Ensures that the closed candles' stream, the buckets of current candles and of leases, and the store's consumer exist
 * with the right settings. Several processes may do this concurrently. What cannot be changed stays
 * unchanged and is reported to `complain`. If something cannot be created, throws JetStream's
 * error, or for a limit a `BusError` that names the setting to change.
 */
export async function ensureLayout(
  manager: JetStreamManager,
  client: JetStreamClient,
  settings: LayoutSettings,
  complain: (line: string) => void,
): Promise<void> {
  await checkConsumers(manager, settings, complain);
  const make = async (wanted: Wanted, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      throw await explainRefusal(error, wanted, manager, settings);
    }
  };
  const { replicas, kvMaxBytes } = settings;
  const kept = { history: 1, replicas, storage: StorageType.File };
  const buckets = new Kvm(client);
  // The largest comes last: if the account has too little storage for it, what is left is the size to suggest.
  await make("leases", async () => {
    const max_bytes = LEASES_MAX_BYTES;
    await buckets.create(LEASES_BUCKET, {
      ...kept,
      max_bytes,
      description: "Who ingests each shard",
    });
    await adjust(manager, LEASES_STREAM, { num_replicas: replicas, max_bytes }, complain);
  });
  await make("live-candles", async () => {
    const max_bytes = kvMaxBytes;
    await buckets.create(CURRENT_BUCKET, {
      ...kept,
      max_bytes,
      description: "The newest candle of each key",
    });
    await adjust(manager, CURRENT_STREAM, { num_replicas: replicas, max_bytes }, complain);
  });
  await make("CLOSED_CANDLES", () => ensureStream(manager, settings, complain));
  await make("consumer", () => ensureConsumer(manager, settings, complain));
}

/** Whether all of it exists. Throws if JetStream does not answer. */
export async function hasLayout(manager: JetStreamManager): Promise<boolean> {
  try {
    for (const stream of [CLOSED_STREAM, CURRENT_STREAM, LEASES_STREAM]) {
      await manager.streams.info(stream);
    }
    await manager.consumers.info(CLOSED_STREAM, STORE_CONSUMER);
    return true;
  } catch (error) {
    if (hasCode(error, STREAM_NOT_FOUND) || hasCode(error, CONSUMER_NOT_FOUND)) return false;
    throw error;
  }
}

async function ensureStream(
  manager: JetStreamManager,
  { replicas, streamMaxAgeMs, streamMaxBytes }: LayoutSettings,
  complain: (line: string) => void,
): Promise<void> {
  const wanted = {
    subjects: [ALL_CLOSED, ALL_FENCES],
    description: "Closed candles and their revisions",
    max_age: nanos(streamMaxAgeMs),
    max_bytes: streamMaxBytes,
    discard: DiscardPolicy.Old,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    num_replicas: replicas,
    allow_direct: true,
    republish: { src: ALL_CLOSED, dest: "candles.>" },
  } satisfies Partial<StreamConfig>;
  try {
    await manager.streams.info(CLOSED_STREAM);
  } catch (error) {
    if (!hasCode(error, STREAM_NOT_FOUND)) throw error;
    try {
      await manager.streams.add({
        name: CLOSED_STREAM,
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        // A stream that is lost and created again must not reuse sequences: they are SSE ids.
        first_seq: Date.now(),
        ...wanted,
      });
      return;
    } catch (error) {
      // Another process has just created it, with another first sequence.
      if (!hasCode(error, STREAM_NAME_IN_USE)) throw error;
    }
  }
  await adjust(manager, CLOSED_STREAM, wanted, complain);
}

async function adjust(
  manager: JetStreamManager,
  name: string,
  wanted: Partial<StreamConfig>,
  complain: (line: string) => void,
): Promise<void> {
  const { config } = await manager.streams.info(name);
  const held = new Map<string, unknown>(Object.entries(config));
  const refused = new Map<string, string>();
  // One by one, so that a field that cannot be changed does not prevent the others.
  for (const [field, value] of Object.entries(wanted)) {
    if (JSON.stringify(held.get(field)) === JSON.stringify(value)) continue;
    try {
      await manager.streams.update(name, { [field]: value });
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
      refused.set(field, describeBusError(error));
    }
  }
  if (refused.size === 0) return;
  const [reason] = refused.values();
  complain(`stream ${name} keeps its ${[...refused.keys()].join(", ")}: ${reason}`);
}

/** The store's consumer: begins `after` a sequence, or with the stream's first message. */
export function storeConsumerConfig(
  maxAckPending: number,
  after: number | null = null,
): Partial<ConsumerConfig> {
  return {
    durable_name: STORE_CONSUMER,
    ack_policy: AckPolicy.Explicit,
    ...changeable(maxAckPending),
    ...(after === null
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }),
  };
}

function changeable(maxAckPending: number) {
  return {
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: maxAckPending,
    filter_subject: ALL_CLOSED,
  } satisfies Partial<ConsumerConfig>;
}

async function ensureConsumer(
  manager: JetStreamManager,
  { maxAckPending }: LayoutSettings,
  complain: (line: string) => void,
): Promise<void> {
  const wanted = changeable(maxAckPending);
  try {
    const { config } = await manager.consumers.info(CLOSED_STREAM, STORE_CONSUMER);
    if (
      config.ack_wait === wanted.ack_wait && config.filter_subject === wanted.filter_subject &&
      config.max_ack_pending === wanted.max_ack_pending
    ) return;
    await manager.consumers.update(CLOSED_STREAM, STORE_CONSUMER, wanted);
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    if (hasCode(error, CONSUMER_NOT_FOUND)) return await addConsumer(manager, maxAckPending);
    complain(`consumer ${STORE_CONSUMER} keeps its settings: ${describeBusError(error)}`);
  }
}

async function addConsumer(manager: JetStreamManager, maxAckPending: number): Promise<void> {
  try {
    await manager.consumers.add(CLOSED_STREAM, storeConsumerConfig(maxAckPending));
  } catch (error) {
    // Another process has just created it, perhaps with a start that only it knows.
    if (!hasCode(error, CONSUMER_EXISTS) && !hasCode(error, CONSUMER_NAME_IN_USE)) throw error;
  }
}

export function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
