import type { IdGap } from "../candles/id_intervals.ts";
import { type ProductId, productId } from "../candles/product.ts";
import type { Database } from "./database.ts";

export interface Gap extends IdGap {
  readonly productId: ProductId;
}

/**
 * The gaps in PostgreSQL. Product and ids identify a gap, so every call may be repeated. A gap is open until every id
 * was fetched or proven never to have existed; nothing else closes it, however often the exchange fails to show it.
 */
export class GapStore {
  constructor(private readonly database: Database) {}

  /** Stores gaps as open; one that was stored before stays open, or opens again. */
  async open(gaps: readonly Gap[]): Promise<void> {
    if (gaps.length === 0) return;
    await this.database.unsafe(
      OPEN,
      [
        gaps.map(({ productId }) => productId),
        gaps.map(({ fromId }) => fromId),
        gaps.map(({ toId }) => toId),
        gaps.map(({ fromTimeMs }) => fromTimeMs),
        gaps.map(({ toTimeMs }) => toTimeMs),
      ].map((values) => `{${values.join(",")}}`),
    );
  }

  /** Marks a gap as repaired, if there is such a gap. */
  async close({ productId, fromId, toId }: Gap): Promise<void> {
    await this.database`UPDATE gaps SET state = 'repaired', closed_at = now()
      WHERE product_id = ${productId} AND from_id = ${fromId} AND to_id = ${toId}`;
  }

  /**
   * Closes every gap across which the stored minutes' trade ids are contiguous. This finds gaps that had changed their
   * ids in a process before it was killed, which `close` does not.
   */
  async settle(): Promise<void> {
    await this.database.unsafe(SETTLE);
  }

  /** The open gaps, oldest first. */
  async all(): Promise<Gap[]> {
    const rows = await this.database<GapRow[]>`SELECT product_id, from_id, to_id,
        floor(extract(epoch FROM from_time) * 1000)::bigint AS from_ms,
        floor(extract(epoch FROM to_time) * 1000)::bigint AS to_ms
      FROM gaps WHERE state = 'open' ORDER BY opened_at, product_id, from_id`;
    return rows.map(gapOf);
  }
}

const OPEN = `INSERT INTO gaps AS held (product_id, from_id, to_id, from_time, to_time)
  SELECT n.product_id, n.from_id, n.to_id, to_timestamp(n.from_ms / 1000.0),
    to_timestamp(n.to_ms / 1000.0)
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS n (product_id, from_id, to_id, from_ms, to_ms)
  ON CONFLICT (product_id, from_id, to_id) DO UPDATE SET state = 'open', closed_at = NULL
  WHERE held.state <> 'open'`;

/** Between two exact minutes, and within one, missing ids are proven never to have existed. */
const SETTLE = `UPDATE gaps g SET state = 'repaired', closed_at = now()
  WHERE state = 'open' AND (
    SELECT min(first_id) < g.from_id AND max(last_id) > g.to_id AND bool_and(runs_on) FROM (
      SELECT first_trade_id AS first_id, last_trade_id AS last_id,
        (exact OR trades = last_trade_id - first_trade_id + 1) AND (
          last_trade_id > g.to_id OR lead(first_trade_id) OVER next <= last_trade_id + 1
          OR exact AND lead(exact) OVER next
        ) AS runs_on
      FROM candles c
      WHERE c.product_id = g.product_id AND granularity = 'ONE_MINUTE' AND first_trade_id IS NOT NULL
        AND start >= date_trunc('minute', g.from_time, 'UTC') AND start <= g.to_time
      WINDOW next AS (ORDER BY start)
    ) minutes WHERE last_id >= g.from_id - 1 AND first_id <= g.to_id + 1
  )`;

interface GapRow {
  readonly product_id: string;
  readonly from_id: string;
  readonly to_id: string;
  readonly from_ms: string;
  readonly to_ms: string;
}

function gapOf(row: GapRow): Gap {
  return {
    productId: productId(row.product_id),
    fromId: Number(row.from_id),
    toId: Number(row.to_id),
    fromTimeMs: Number(row.from_ms),
    toTimeMs: Number(row.to_ms),
  };
}
