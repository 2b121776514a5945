import type { Database } from "./database.ts";
import { SERVER_IDENTITY, TABLES_IDENTITY } from "./database_identity.ts";

/** How much of a stream a database has stored. */
export interface Mark {
  /** Every candle of the stream up to this sequence is stored; null if never recorded. */
  readonly sequence: number | null;
  /** When that was written, epoch milliseconds; 0 if never. */
  readonly writtenAtMs: number;
  /** Identity of the database that recorded it. */
  readonly identity: string;
}

/** A stretch of time in which the database may lack candles: epoch milliseconds. */
export interface DoubtfulTime {
  readonly id: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const IDENTITY = `${TABLES_IDENTITY} || ' ' || ${SERVER_IDENTITY}`;

/** How far the database has come in the stream of closed candles: it goes back in time with the database. */
export class StoreMark {
  constructor(private readonly database: Database) {}

  /** The mark for one stream, which is named by its creation. */
  async read(stream: string): Promise<Mark> {
    const [row] = await this.database.unsafe<
      { identity: string; sequence: string | null; written_at_ms: string | null }[]
    >(
      `SELECT ${IDENTITY} AS identity,
        (SELECT sequence FROM store_mark WHERE stream = $1) AS sequence,
        (SELECT floor(extract(epoch FROM written_at) * 1000)::bigint FROM store_mark
          WHERE stream = $1) AS written_at_ms`,
      [stream],
    );
    return {
      identity: row?.identity ?? "",
      sequence: row?.sequence == null ? null : Number(row.sequence),
      writtenAtMs: Number(row?.written_at_ms ?? 0),
    };
  }

  /**
   * Moves the mark forward, unless this is another database than the one it was read from, or the
   * mark has gone back since. Returns whether it was moved.
   */
  async advance(
    stream: string,
    from: { readonly sequence: number; readonly identity: string },
    to: number,
  ): Promise<boolean> {
    const { count } = await this.database.unsafe(
      `UPDATE store_mark SET sequence = greatest(sequence, $3::bigint), written_at = now()
        WHERE stream = $1 AND sequence >= $2::bigint AND ${IDENTITY} = $4`,
      [stream, from.sequence, to, from.identity],
    );
    return count > 0;
  }

  /** Sets the mark for this stream, whatever it was, and forgets those of others. */
  async set(stream: string, sequence: number): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction`DELETE FROM store_mark WHERE stream <> ${stream}`;
      await transaction`INSERT INTO store_mark (stream, sequence) VALUES (${stream}, ${sequence})
        ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, written_at = now()`;
    });
  }

  /** Records that candles of this time may be missing. */
  async doubt(fromMs: number, toMs: number, reason: string): Promise<void> {
    await this.database`INSERT INTO doubts (from_time, to_time, reason)
      VALUES (to_timestamp(${fromMs}::bigint / 1000.0), to_timestamp(${toMs}::bigint / 1000.0), ${reason})`;
  }

  /**
   * All such times, oldest first. They are never removed: checking one that is complete again is
   * cheap.
   */
  async doubts(): Promise<DoubtfulTime[]> {
    const rows = await this.database<{ id: string; from_ms: string; to_ms: string }[]>`
      SELECT id, floor(extract(epoch FROM from_time) * 1000)::bigint AS from_ms,
        ceil(extract(epoch FROM to_time) * 1000)::bigint AS to_ms
      FROM doubts ORDER BY id DESC LIMIT 100`;
    return rows.reverse().map(({ id, from_ms, to_ms }) => ({
      id: Number(id),
      fromMs: Number(from_ms),
      toMs: Number(to_ms),
    }));
  }

  /** Until when candles are stored without a known hole, epoch milliseconds; null for a database without candles. */
  async knownUntilMs(): Promise<number | null> {
    const [row] = await this.database<{ newest: string | null; written: string | null }[]>`
      SELECT extract(epoch FROM max(n.start))::bigint AS newest,
        (SELECT extract(epoch FROM max(written_at))::bigint FROM store_mark) AS written
      FROM products p CROSS JOIN LATERAL (
        SELECT start FROM candles WHERE product_id = p.product_id AND granularity = 'ONE_MINUTE'
        ORDER BY start DESC LIMIT 1
      ) n`;
    if (row?.newest == null) return null;
    return Math.min(Number(row.newest), Number(row.written ?? row.newest)) * 1000;
  }
}
