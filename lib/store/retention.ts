import {
  type EpochSeconds,
  epochSeconds,
  GRANULARITIES,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { BackfillStore } from "./backfill_store.ts";
import type { Database } from "./database.ts";
import type { Hypertable } from "./hypertable.ts";

export interface SweepResult {
  readonly deleted: number;
  readonly chunksDropped: number;
}

/** Rows of one DELETE: short enough that nothing waits for it. */
const ROWS_PER_DELETE = 5000;

/**
 * Removes candles that are older than their granularity's retention. Rows are deleted a few thousand at a time; whole
 * chunks are dropped only past the longest retention, so never where any granularity is kept
 * forever.
 */
export class Retention {
  readonly #days: ReadonlyMap<Granularity, number>;

  constructor(
    private readonly database: Database,
    private readonly backfills: BackfillStore,
    /** Days to keep; a granularity that is absent is kept forever. */
    days: ReadonlyMap<Granularity, number>,
    private readonly hypertable: Hypertable | null,
  ) {
    this.#days = days;
  }

  /** Removes what is too old at `now`; may be stopped and repeated at any time. */
  async sweep(now: EpochSeconds, signal?: AbortSignal): Promise<SweepResult> {
    const chunksDropped = await this.#dropChunks(now);
    const products = this.#days.size === 0 ? [] : await this.#products();
    let deleted = 0;
    for (const [granularity, days] of this.#days) {
      const before = cutOff(now, granularity, days);
      // First, so that a range that is removed half-way does not count as stored.
      await this.backfills.forgetBefore(granularity, before);
      for (const productId of products) {
        for (let rows = ROWS_PER_DELETE; rows >= ROWS_PER_DELETE && !signal?.aborted;) {
          rows = await this.#deleteSome(productId, granularity, before);
          deleted += rows;
        }
      }
    }
    return { deleted, chunksDropped };
  }

  /** Every product that has candles, known to the catalogue or not. */
  async #products(): Promise<string[]> {
    const rows = await this.database.unsafe<{ product_id: string }[]>(PRODUCTS);
    return rows.map(({ product_id }) => product_id);
  }

  /** Drops chunks in which everything is older than the longest retention. */
  async #dropChunks(now: EpochSeconds): Promise<number> {
    const bounds = GRANULARITIES.map((granularity) => {
      const days = this.#days.get(granularity);
      return days === undefined ? null : cutOff(now, granularity, days);
    });
    if (this.hypertable === null || bounds.includes(null)) return 0;
    const before = Math.min(...bounds.filter((bound) => bound !== null));
    const rows = await this.database.unsafe(
      `SELECT ${this.hypertable.functions}.drop_chunks('candles'::regclass,
        older_than => to_timestamp($1::bigint))`,
      [before],
    );
    return rows.length;
  }

  /** The oldest rows of one key: one stretch of its index. */
  async #deleteSome(
    productId: string,
    granularity: Granularity,
    before: EpochSeconds,
  ): Promise<number> {
    const { count } = await this.database.unsafe(
      DELETE,
      [productId, granularity, before, ROWS_PER_DELETE - 1],
      { prepare: true },
    );
    return count;
  }
}

// Skips from product to product along the primary key instead of reading every row of it.
const PRODUCTS = `WITH RECURSIVE products AS (
    (SELECT product_id FROM candles ORDER BY product_id LIMIT 1)
    UNION ALL
    SELECT (SELECT c.product_id FROM candles c WHERE c.product_id > p.product_id
      ORDER BY c.product_id LIMIT 1) FROM products p WHERE p.product_id IS NOT NULL
  ) SELECT product_id FROM products WHERE product_id IS NOT NULL`;

const DELETE = `DELETE FROM candles WHERE product_id = $1 AND granularity = $2
  AND start < to_timestamp($3::bigint) AND start <= coalesce((
    SELECT start FROM candles WHERE product_id = $1 AND granularity = $2
      AND start < to_timestamp($3::bigint) ORDER BY start OFFSET $4::bigint LIMIT 1
  ), 'infinity')`;

function cutOff(now: EpochSeconds, granularity: Granularity, days: number): EpochSeconds {
  const seconds = GRANULARITY_SECONDS[granularity];
  const oldest = now - days * GRANULARITY_SECONDS.ONE_DAY;
  return epochSeconds(Math.max(0, oldest - oldest % seconds));
}
