import {
  type JetStreamAccountStats,
  JetStreamApiError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { BusError } from "./bus_error.ts";
import { formatBytes, type LayoutSettings, LEASES_MAX_BYTES } from "./layout_settings.ts";

/** What JetStream refused to create. */
export type Wanted = "CLOSED_CANDLES" | "live-candles" | "leases" | "consumer";

type Account = Pick<JetStreamAccountStats, "limits" | "tiers"> & {
  readonly streams: number;
  readonly reserved_storage?: number;
};

/** JetStream's codes for exceeding a limit of the account or of the server. */
const NO_STORAGE: ReadonlySet<number> = new Set([10002, 10005, 10023, 10028, 10047]);
const TOO_MANY_STREAMS = 10027;
const TOO_MANY_CONSUMERS = 10026;
const STREAM_TOO_LARGE = 10122;
const TOO_MANY_PENDING = 10121;

/** Streams and buckets, and the consumers that the store and one reader need at the same time. */
const STREAMS_NEEDED = 3;
const CONSUMERS_NEEDED = 2;
/** Clients that resume read the stream eight at a time, beside the store and a start. */
const CONSUMERS_WANTED = 12;

/**
 * Checks that the account has room for ephemeral consumers, whose refusal would otherwise go unnoticed. Throws a
 * `BusError` if there is too little to work, and logs a warning if there is too little to work well.
 */
export async function checkConsumers(
  manager: JetStreamManager,
  settings: LayoutSettings,
  complain: (line: string) => void,
): Promise<void> {
  const { limits } = await accountOf(manager, settings);
  const allowed = limits.max_consumers;
  if (allowed <= 0 || allowed >= CONSUMERS_WANTED) return;
  if (allowed < CONSUMERS_NEEDED) throw new BusError(consumersLine(allowed));
  complain(
    `the NATS account allows ${allowed} consumers of a stream: clients that resume wait for one ` +
      `another; ${CONSUMERS_WANTED} or more are better`,
  );
}

/**
 * Explains why JetStream refused to create something, and which setting helps; returns the error itself if it is not
 * about a limit.
 */
export async function explainRefusal(
  error: unknown,
  wanted: Wanted,
  manager: JetStreamManager,
  settings: LayoutSettings,
): Promise<unknown> {
  if (!(error instanceof JetStreamApiError)) return error;
  const account = await accountOf(manager, settings).catch(() => null);
  const line = account === null ? null : describe(error, wanted, account, settings);
  return line === null ? error : new BusError(line, { cause: error });
}

async function accountOf(
  manager: JetStreamManager,
  { replicas }: LayoutSettings,
): Promise<Account> {
  const account = await manager.getAccountInfo();
  return account.tiers?.[`R${replicas}`] ?? account;
}

function describe(
  { code, message }: JetStreamApiError,
  wanted: Wanted,
  { limits, streams, reserved_storage: reserved = 0 }: Account,
  settings: LayoutSettings,
): string | null {
  if (code === TOO_MANY_STREAMS) {
    return `the NATS account allows ${limits.max_streams} streams and has ${streams}: ` +
      `Spot Canvas needs ${STREAMS_NEEDED} (CLOSED_CANDLES, KV_live-candles, KV_leases); ` +
      "raise the account's limit or remove streams";
  }
  if (code === TOO_MANY_CONSUMERS) return consumersLine(limits.max_consumers);
  if (code === TOO_MANY_PENDING) {
    const allowed = limits.max_ack_pending > 0 ? limits.max_ack_pending : Infinity;
    const most = Math.min(allowed, Number(/limit of (\d+)/.exec(message)?.[1] ?? allowed));
    return `NATS allows a consumer ${most} unacknowledged messages, not ` +
      `${settings.maxAckPending}: set NATS_MAX_ACK_PENDING=${most} or less`;
  }
  if (code !== STREAM_TOO_LARGE && !NO_STORAGE.has(code)) return null;
  const bytes = bytesOf(wanted, settings);
  const variable = wanted === "CLOSED_CANDLES" ? "NATS_STREAM_MAX_BYTES" : "NATS_KV_MAX_BYTES";
  const largest = limits.storage_max_stream_bytes ?? -1;
  if (code === STREAM_TOO_LARGE && largest > 0) {
    return `the NATS account allows a stream ${formatBytes(largest)}, and ${wanted} needs ` +
      `${formatBytes(bytes)}: set ${variable}=${formatBytes(largest)} or less`;
  }
  if (limits.max_storage <= 0) {
    return `NATS has no room for the ${formatBytes(bytes)} of ${wanted} (${message}): ` +
      `set ${variable} to less, or give JetStream more storage`;
  }
  // The stream is created last and may take all that is left then. A bucket leaves half for it.
  const left = Math.floor((limits.max_storage - reserved) / settings.replicas);
  const share = wanted === "CLOSED_CANDLES" ? left : Math.floor((left - LEASES_MAX_BYTES) / 2);
  const held = `the NATS account has ${formatBytes(limits.max_storage)} of storage, ` +
    `${formatBytes(reserved)} of it taken, and ${wanted} needs ${formatBytes(bytes)}`;
  return share < LEASES_MAX_BYTES || wanted === "leases"
    ? `${held}: raise the account's storage or remove streams`
    : `${held}: set ${variable}=${formatBytes(share)} or less`;
}

function bytesOf(wanted: Wanted, { streamMaxBytes, kvMaxBytes, replicas }: LayoutSettings): number {
  const bytes = wanted === "CLOSED_CANDLES"
    ? streamMaxBytes
    : wanted === "leases"
    ? LEASES_MAX_BYTES
    : kvMaxBytes;
  return bytes * replicas;
}

function consumersLine(allowed: number): string {
  return `the NATS account allows ${allowed} consumers of a stream: Spot Canvas needs ` +
    `${CONSUMERS_NEEDED} at least (the database's and one that reads), better ${CONSUMERS_WANTED}; ` +
    "raise the account's limit";
}
