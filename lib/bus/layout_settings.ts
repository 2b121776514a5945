const MIB = 1024 ** 2;

/** Sizes and limits of streams, buckets and the store's consumer. */
export interface LayoutSettings {
  /** Copies of each in a cluster. */
  readonly replicas: number;
  /** Bytes of CLOSED_CANDLES at most; the oldest candles are discarded beyond it. */
  readonly streamMaxBytes: number;
  /** How long CLOSED_CANDLES keeps a candle. */
  readonly streamMaxAgeMs: number;
  /** Bytes of `live-candles` at most. Some 500 bytes are needed for each product and granularity. */
  readonly kvMaxBytes: number;
  /** Candles delivered for the database that are not acknowledged yet. */
  readonly maxAckPending: number;
}

/** The defaults: enough for 500 products, and accepted by accounts that require limits. */
export const DEFAULT_LAYOUT: LayoutSettings = {
  replicas: 1,
  streamMaxBytes: 2048 * MIB,
  streamMaxAgeMs: 72 * 3_600_000,
  kvMaxBytes: 64 * MIB,
  // More than one writer ever holds.
  maxAckPending: 20_000,
};

/** The bucket of leases holds some hundred bytes for each shard. */
export const LEASES_MAX_BYTES = MIB;

/**
 * A number of bytes as the settings take it: `2147483648`, `512MiB` or `2GiB`; null for any other
 * text.
 */
export function parseBytes(text: string): number | null {
  const match = /^([1-9]\d{0,14})\s?(KiB|MiB|GiB)?$/i.exec(text);
  if (match === null) return null;
  const unit = { kib: 1024, mib: MIB, gib: 1024 * MIB }[(match[2] ?? "").toLowerCase()] ?? 1;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** A number of bytes in the largest unit, rounded down if it is not a whole number of them. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [["GiB", 1024 * MIB], ["MiB", MIB], ["KiB", 1024]] as const) {
    if (bytes >= size && (bytes % size === 0 || bytes >= 16 * size)) {
      return `${Math.floor(bytes / size)}${unit}`;
    }
  }
  return String(Math.max(0, Math.floor(bytes)));
}
