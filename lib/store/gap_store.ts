import { type ProductId, productId } from "../candles/product.ts";
import type { Database } from "./database.ts";

/** A run of trade ids not yet seen, both ends included. */
export interface Gap {
  readonly productId: ProductId;
  readonly fromId: number;
  readonly toId: number;
  /** Times of the trades on either side, epoch milliseconds: the candles touched lie between them. */
  readonly fromTimeMs: number;
  readonly toTimeMs: number;
}

/**
 * `open`: being repaired or waiting for it. `repaired`: every id obtained, or proven never to have existed.
 * `estimated`: too long, so its closed buckets hold the exchange's candles until trades are obtained.
 * `unrepairable`: the exchange has no answer any more.
 */
export type GapState = "open" | "repaired" | "estimated" | "unrepairable";

/** A gap as it is kept. */
export interface StoredGap extends Gap {
  readonly state: GapState;
  /** How often repair was tried. */
  readonly attempts: number;
  /** Why the state is what it is, or why the last attempt failed. */
  readonly reason: string | null;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
}

/** Names one gap. */
export type GapId = Pick<Gap, "productId" | "fromId" | "toId">;

/** The gaps in PostgreSQL. A gap's product and ids name it, so every call may be repeated. */
export class GapStore {
  constructor(private readonly database: Database) {}

  /** Keeps gaps as open; one that is there already stays open, or opens again, with its attempts. */
  async open(gaps: readonly Gap[]): Promise<void> {
    if (gaps.length > 0) await insertOpen(this.database, gaps);
  }

  /** Ends a gap. Nothing happens if there is none by that name. */
  async close(
    gap: GapId,
    state: Exclude<GapState, "open">,
    reason: string | null = null,
  ): Promise<void> {
    await closeIn(this.database, gap, state, reason);
  }

  /** Repaired in part: the gap closes, and what is left of it opens, in one transaction. */
  async split(gap: GapId, rest: readonly Gap[], reason: string | null = null): Promise<void> {
    await this.database.begin(async (sql) => {
      await closeIn(sql, gap, "repaired", reason);
      if (rest.length > 0) await insertOpen(sql, rest);
    });
  }

  /** Counts a failed attempt and keeps why. */
  async attempted({ productId, fromId, toId }: GapId, reason: string): Promise<void> {
    await this.database`UPDATE gaps SET attempts = attempts + 1, reason = ${reason}
      WHERE product_id = ${productId} AND from_id = ${fromId} AND to_id = ${toId}`;
  }

  /** The gaps in these states (open ones if not said), oldest first. */
  async all(states: readonly GapState[] = ["open"]): Promise<StoredGap[]> {
    const rows = await this.database<GapRow[]>`SELECT * FROM gaps
      WHERE state = ANY (${`{${
      states.join(",")
    }}`}::text[]) ORDER BY opened_at, product_id, from_id`;
    return rows.map(gapOf);
  }

  /** What is not repaired of a product within a time range (both ends included). */
  async touching(productId: ProductId, fromMs: number, toMs: number): Promise<StoredGap[]> {
    const rows = await this.database<GapRow[]>`SELECT * FROM gaps
      WHERE product_id = ${productId} AND state <> 'repaired'
        AND to_time >= ${new Date(fromMs)} AND from_time <= ${new Date(toMs)} ORDER BY from_id`;
    return rows.map(gapOf);
  }
}

/** The pool, or the transaction that a pool began. */
type Sql = Pick<Database, "unsafe">;

async function insertOpen(sql: Sql, gaps: readonly Gap[]): Promise<void> {
  await sql.unsafe(
    `INSERT INTO gaps AS held (product_id, from_id, to_id, from_time, to_time)
     SELECT n.product_id, n.from_id, n.to_id, to_timestamp(n.from_ms / 1000.0),
       to_timestamp(n.to_ms / 1000.0)
     FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
       AS n (product_id, from_id, to_id, from_ms, to_ms)
     ON CONFLICT (product_id, from_id, to_id) DO UPDATE SET state = 'open', closed_at = NULL
     WHERE held.state <> 'open'`,
    [
      gaps.map(({ productId }) => productId),
      gaps.map(({ fromId }) => fromId),
      gaps.map(({ toId }) => toId),
      gaps.map(({ fromTimeMs }) => fromTimeMs),
      gaps.map(({ toTimeMs }) => toTimeMs),
    ].map((values) => `{${values.join(",")}}`),
  );
}

async function closeIn(
  sql: Sql,
  { productId, fromId, toId }: GapId,
  state: GapState,
  reason: string | null,
): Promise<void> {
  await sql.unsafe(
    `UPDATE gaps SET state = $4, reason = coalesce($5, reason), closed_at = now()
     WHERE product_id = $1 AND from_id = $2 AND to_id = $3`,
    [productId, fromId, toId, state, reason],
  );
}

interface GapRow {
  readonly product_id: string;
  readonly from_id: string;
  readonly to_id: string;
  readonly from_time: Date;
  readonly to_time: Date;
  readonly state: GapState;
  readonly attempts: number;
  readonly reason: string | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
}

function gapOf(row: GapRow): StoredGap {
  return {
    productId: productId(row.product_id),
    fromId: Number(row.from_id),
    toId: Number(row.to_id),
    fromTimeMs: row.from_time.getTime(),
    toTimeMs: row.to_time.getTime(),
    state: row.state,
    attempts: row.attempts,
    reason: row.reason,
    openedAtMs: row.opened_at.getTime(),
    closedAtMs: row.closed_at?.getTime() ?? null,
  };
}
