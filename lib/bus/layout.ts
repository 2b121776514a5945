import {
  AckPolicy,
  type ConsumerConfig,
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
import { describeBusError } from "./bus_error.ts";
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
 * How long a batch may be worked on before it is delivered again. Also how long a message waits that was on its
 * way when a connection broke.
 */
export const ACK_WAIT_MS = MINUTE_MS / 2;
/** More unacknowledged messages than this are not delivered: above all that one writer ever holds. */
export const MAX_ACK_PENDING = 20_000;

const ALL_CLOSED = `${PREFIXES.closed}>`;

const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;
const CONSUMER_EXISTS = 10148;
const CONSUMER_NAME_IN_USE = 10013;

/**
 * Makes sure that the closed candles' stream, the buckets of current candles and of leases, and the store's consumer
 * are there and as they should be. Processes may do this at the same moment. What exists but cannot be changed stays as
 * it is and is told to `complain`. Throws JetStream's error if something cannot be created.
 */
export async function ensureLayout(
  manager: JetStreamManager,
  client: JetStreamClient,
  replicas: number,
  complain: (line: string) => void,
): Promise<void> {
  await ensureStream(manager, replicas, complain);
  const kept = { history: 1, replicas, storage: StorageType.File };
  const buckets = new Kvm(client);
  await buckets.create(CURRENT_BUCKET, { ...kept, description: "The newest candle of each key" });
  await adjust(manager, CURRENT_STREAM, { num_replicas: replicas }, complain);
  await buckets.create(LEASES_BUCKET, { ...kept, description: "Who ingests each shard" });
  await adjust(manager, LEASES_STREAM, { num_replicas: replicas }, complain);
  await ensureConsumer(manager, complain);
}

async function ensureStream(
  manager: JetStreamManager,
  replicas: number,
  complain: (line: string) => void,
): Promise<void> {
  const wanted = {
    subjects: [ALL_CLOSED, ALL_FENCES],
    description: "Closed candles and their revisions",
    max_age: nanos(72 * 60 * MINUTE_MS),
    max_bytes: 2 * 1024 ** 3,
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
        // A stream that is lost and made again must not use its sequences again: they are SSE ids.
        first_seq: Date.now(),
        ...wanted,
      });
      return;
    } catch (error) {
      // Another process was quicker, with its own first sequence.
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
  // One by one, so that a field which cannot change does not keep the others from it.
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

async function ensureConsumer(
  manager: JetStreamManager,
  complain: (line: string) => void,
): Promise<void> {
  const changeable = {
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: MAX_ACK_PENDING,
    filter_subject: ALL_CLOSED,
  } satisfies Partial<ConsumerConfig>;
  try {
    await manager.consumers.add(CLOSED_STREAM, {
      durable_name: STORE_CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ...changeable,
    });
  } catch (error) {
    if (!hasCode(error, CONSUMER_EXISTS) && !hasCode(error, CONSUMER_NAME_IN_USE)) throw error;
    try {
      await manager.consumers.update(CLOSED_STREAM, STORE_CONSUMER, changeable);
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
      complain(`consumer ${STORE_CONSUMER} keeps its settings: ${describeBusError(error)}`);
    }
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
