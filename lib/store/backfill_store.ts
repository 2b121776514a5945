import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Database } from "./database.ts";

/** A range of starts: from `start` (inclusive) to `end` (exclusive). */
export interface StartRange {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
}

/** How the candles of one granularity agree with the merge of a smaller one's. */
export interface Agreement {
  /** The number of candles that could be compared. */
  readonly compared: number;
  readonly different: number;
  /** Starts of the first few that differ. */
  readonly examples: readonly EpochSeconds[];
}

/** Which ranges of history were requested from the exchange, in PostgreSQL. */
export class BackfillStore {
  constructor(private readonly database: Database) {}

  /** The parts of a range that were not requested yet, the newest first. */
  async missing(
    productId: ProductId,
    granularity: Granularity,
    { start, end }: StartRange,
  ): Promise<StartRange[]> {
    if (start >= end) return [];
    const rows = await this.database.unsafe<{ start: string; end: string }[]>(
      `SELECT lower(part) AS start, upper(part) AS end FROM unnest(
         int8multirange(int8range($3::bigint, $4::bigint)) - coalesce(
           (SELECT covered FROM backfills WHERE product_id = $1 AND granularity = $2), '{}')) AS part
       ORDER BY 1 DESC`,
      [productId, granularity, start, end],
      { prepare: true },
    );
    return rows.map((row) => ({
      start: epochSeconds(Number(row.start)),
      end: epochSeconds(Number(row.end)),
    }));
  }

  /**
   * A version of a key's stored past: the text changes when more of it was fetched from the exchange, or a gap is
   * opened or repaired.
   */
  async version(productId: ProductId, granularity: Granularity): Promise<string> {
    const [row] = await this.database.unsafe<{ version: string | null }[]>(
      `SELECT concat_ws(' ', hashtextextended(b.covered::text, 0), (
         SELECT count(*) FROM gaps WHERE product_id = p.product_id AND state = 'open'
       )) AS version
       FROM products p LEFT JOIN backfills b ON b.product_id = p.product_id AND b.granularity = $2
       WHERE p.product_id = $1`,
      [productId, granularity],
      { prepare: true },
    );
    return row?.version ?? "";
  }

  /** Records that all candles of a range are stored. May be repeated. */
  async markCovered(
    productId: ProductId,
    granularity: Granularity,
    { start, end }: StartRange,
  ): Promise<void> {
    await this.database.unsafe(
      `INSERT INTO backfills AS held (product_id, granularity, covered)
       VALUES ($1, $2, int8multirange(int8range($3::bigint, $4::bigint)))
       ON CONFLICT (product_id, granularity) DO UPDATE SET covered = held.covered + excluded.covered`,
      [productId, granularity, start, end],
      { prepare: true },
    );
  }

  /** Forgets the ranges before `end`, whose candles are being deleted. */
  async forgetBefore(granularity: Granularity, end: EpochSeconds): Promise<void> {
    await this.database.unsafe(
      `UPDATE backfills SET covered = covered - int8multirange(int8range(NULL, $2::bigint))
       WHERE granularity = $1 AND covered && int8multirange(int8range(NULL, $2::bigint))`,
      [granularity, end],
    );
  }

  /**
   * Compares each candle of `larger` within a range with the merge of those of `smaller` in it, digit for digit.
   * Buckets of which no smaller candle is held are left out.
   */
  async agreement(
    productId: ProductId,
    larger: Granularity,
    smaller: Granularity,
    { start, end }: StartRange,
  ): Promise<Agreement> {
    const [row] = await this.database.unsafe<
      { compared: string; different: string; examples: string | null }[]
    >(AGREEMENT, [productId, larger, smaller, start, end, GRANULARITY_SECONDS[larger]], {
      prepare: true,
    });
    return {
      compared: Number(row?.compared ?? 0),
      different: Number(row?.different ?? 0),
      examples: (row?.examples?.split(",") ?? []).map((text) => epochSeconds(Number(text))),
    };
  }
}

const AGREEMENT = `WITH merged AS (
    SELECT to_timestamp(floor(extract(epoch FROM start) / $6::bigint) * $6::bigint) AS start,
      (array_agg(open ORDER BY start))[1] AS open, max(high) AS high, min(low) AS low,
      (array_agg(close ORDER BY start DESC))[1] AS close, sum(volume) AS volume
    FROM candles WHERE product_id = $1 AND granularity = $3
      AND start >= to_timestamp($4::bigint) AND start < to_timestamp($5::bigint)
    GROUP BY 1
  ), compared AS (
    SELECT large.start, (large.open, large.high, large.low, large.close, large.volume)
      IS DISTINCT FROM (merged.open, merged.high, merged.low, merged.close, merged.volume) AS differs
    FROM candles large JOIN merged USING (start)
    WHERE large.product_id = $1 AND large.granularity = $2
      AND large.start >= to_timestamp($4::bigint) AND large.start < to_timestamp($5::bigint)
  )
  SELECT count(*) AS compared, count(*) FILTER (WHERE differs) AS different,
    array_to_string((array_agg(extract(epoch FROM start)::bigint ORDER BY start)
      FILTER (WHERE differs))[1:3], ',') AS examples
  FROM compared`;
