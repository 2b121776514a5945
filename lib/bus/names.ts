import { type Candle, type CandleKey, candleKey } from "../candles/candle.ts";
import { isGranularity } from "../candles/granularity.ts";
import { parseProductId } from "../candles/product.ts";

/** The JetStream stream of closed candles. */
export const CLOSED_STREAM = "CLOSED_CANDLES";
/** The KV bucket of current candles, and the stream that JetStream keeps it in. */
export const CURRENT_BUCKET = "live-candles";
export const CURRENT_STREAM = `KV_${CURRENT_BUCKET}`;
/** The KV bucket of leases, and the stream that JetStream keeps it in. */
export const LEASES_BUCKET = "leases";
export const LEASES_STREAM = `KV_${LEASES_BUCKET}`;
/** Beside the candles in CLOSED_CANDLES, but neither republished nor stored: see `Fence`. */
export const ALL_FENCES = "closed-fences.>";
/** The durable consumer that feeds the database. */
export const STORE_CONSUMER = "store";
/** One subscription to this receives every change, live and closed. */
export const ALL_CANDLES = "candles.*.*";

/** Subject prefixes: each is followed by a candle key. */
export const PREFIXES = {
  live: "candles.",
  closed: "closed-candles.",
  current: `$KV.${CURRENT_BUCKET}.`,
} as const;

/** What a subject is about: `candles.BTC-USD.ONE_MINUTE` is `live`, and so on. */
export type SubjectKind = keyof typeof PREFIXES;

/** The subject of a key. Product ids and granularities are valid NATS tokens without encoding. */
export function subjectOf(kind: SubjectKind, key: CandleKey): string {
  return PREFIXES[kind] + key;
}

/** The key of a subject; null if it is not one of this kind. */
export function keyOfSubject(kind: SubjectKind, subject: string): CandleKey | null {
  return subject.startsWith(PREFIXES[kind]) ? parseKey(subject.slice(PREFIXES[kind].length)) : null;
}

/** The lease of ingesting one shard: `ingest.3.0` is the first of three. */
export function ingestLease({ index, count }: { index: number; count: number }): string {
  return `ingest.${count}.${index}`;
}

/** Where a lease's record is. */
export function leaseSubject(lease: string): string {
  return `$KV.${LEASES_BUCKET}.${lease}`;
}

/** One of a lease's fences, or all of them. */
export function fenceSubject(lease: string, slot: number | "*"): string {
  return `closed-fences.${lease}.${slot}`;
}

/** Reads `BTC-USD.ONE_MINUTE`; null if the product or the granularity cannot be one. */
export function parseKey(text: string): CandleKey | null {
  const dot = text.indexOf(".");
  const product = parseProductId(text.slice(0, Math.max(dot, 0)));
  const granularity = text.slice(dot + 1);
  return product === null || !isGranularity(granularity) ? null : candleKey(product, granularity);
}

/** The state of a candle that a message of CLOSED_CANDLES holds. */
export type CandleIdentity = Pick<Candle, "productId" | "granularity" | "start" | "revision">;

/** The JetStream message id, by which a candle published twice is kept once: `BTC-USD.ONE_MINUTE.1704567600.0`. */
export function messageIdOf({ productId, granularity, start, revision }: CandleIdentity): string {
  return `${candleKey(productId, granularity)}.${start}.${revision}`;
}
