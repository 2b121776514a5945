import { type Granularity } from "../candles/granularity.ts";
import type { Database } from "./database.ts";
import type { Hypertable } from "./hypertable.ts";

export interface StorageReport {
  readonly candles: number;
  /** Table and indexes, bytes. */
  readonly bytes: number;
  readonly indexBytes: number;
  /** Null where candles are in an ordinary table. */
  readonly hypertable: {
    readonly chunks: number;
    readonly compressedChunks: number;
    /** `apache` or `timescale`: compression comes with the latter. */
    readonly licence: string;
  } | null;
  readonly byGranularity: readonly {
    readonly granularity: Granularity;
    readonly candles: number;
    /** ISO 8601. */
    readonly oldest: string;
    readonly newest: string;
  }[];
}

/**
 * Counts the candles and measures their storage. Reads every row's index entry: seconds for ten
 * million.
 */
export async function reportStorage(
  database: Database,
  hypertable: Hypertable | null,
): Promise<StorageReport> {
  const rows = await database<
    { granularity: Granularity; candles: string; oldest: string; newest: string }[]
  >`SELECT granularity, count(*) AS candles, 
      extract(epoch FROM min(start))::bigint AS oldest, extract(epoch FROM max(start))::bigint AS newest
    FROM candles GROUP BY granularity ORDER BY count(*) DESC`;
  const byGranularity = rows.map(({ granularity, candles, oldest, newest }) => ({
    granularity,
    candles: Number(candles),
    oldest: isoOf(oldest),
    newest: isoOf(newest),
  }));
  return {
    candles: byGranularity.reduce((sum, { candles }) => sum + candles, 0),
    byGranularity,
    ...(hypertable === null
      ? await tableSize(database)
      : await hypertableSize(database, hypertable)),
  };
}

function isoOf(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

async function tableSize(database: Database) {
  const [row] = await database<{ bytes: string; index_bytes: string }[]>`
    SELECT pg_total_relation_size('candles') AS bytes, pg_indexes_size('candles') AS index_bytes`;
  return {
    bytes: Number(row?.bytes ?? 0),
    indexBytes: Number(row?.index_bytes ?? 0),
    hypertable: null,
  };
}

async function hypertableSize(database: Database, { functions, licence }: Hypertable) {
  const [row] = await database.unsafe<
    { bytes: string; index_bytes: string; chunks: string; compressed: string }[]
  >(`SELECT s.total_bytes AS bytes, s.index_bytes, c.chunks, c.compressed
    FROM ${functions}.hypertable_detailed_size('candles'::regclass) s, (
      SELECT count(*) AS chunks, count(*) FILTER (WHERE is_compressed) AS compressed
      FROM timescaledb_information.chunks
      WHERE to_regclass(format('%I.%I', hypertable_schema, hypertable_name)) = 'candles'::regclass
    ) c`);
  return {
    bytes: Number(row?.bytes ?? 0),
    indexBytes: Number(row?.index_bytes ?? 0),
    hypertable: {
      chunks: Number(row?.chunks ?? 0),
      compressedChunks: Number(row?.compressed ?? 0),
      licence,
    },
  };
}
