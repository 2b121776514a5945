import type { Candle } from "../candles/candle.ts";
import {
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { CANDLE_LIST, candlesOf } from "./candle_list.ts";
import type { CandleQuery } from "./candle_store.ts";
import type { Database } from "./database.ts";

/** A summary of a range of one key's candles, without the candles. */
export interface RangeSummary {
  readonly count: number;
  /** All are exact, and between neighbours no trade can be missing. */
  readonly unbroken: boolean;
  /** Differs whenever a candle of the range was added, removed or changed. */
  readonly version: string;
}

/** Ranges of closed candles, read forwards. */
export class CandleRanges {
  constructor(private readonly database: Database) {}

  /** The oldest `limit` candles within the range, ascending. */
  async oldest({ productId, granularity, start, end, limit }: CandleQuery): Promise<Candle[]> {
    const [row] = await this.database.unsafe<{ list: string | null }[]>(
      `SELECT ${CANDLE_LIST} AS list FROM (
         SELECT * FROM candles c WHERE product_id = $1 AND granularity = $2
           AND c.start >= to_timestamp($3::bigint) AND c.start < to_timestamp($4::bigint)
         ORDER BY c.start LIMIT $5
       ) c`,
      [productId, granularity, start ?? 0, end ?? LAST_SECOND, limit],
      { prepare: true },
    );
    return await candlesOf(row?.list ?? null, productId, granularity);
  }

  /** Summarises a whole range, in one pass over its rows. */
  async summary(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<RangeSummary> {
    const [row] = await this.database.unsafe<
      { count: string; unbroken: boolean; version: string }[]
    >(SUMMARY, [productId, granularity, start, end, GRANULARITY_SECONDS[granularity]], {
      prepare: true,
    });
    if (row === undefined) return { count: 0, unbroken: true, version: "0" };
    const { count, unbroken, version } = row;
    return { count: Number(count), unbroken, version: `${count}.${version}` };
  }
}

/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799;

const SUMMARY = `SELECT count(*), coalesce(bool_and(joined), true) AS unbroken,
    coalesce(extract(epoch FROM max(updated_at)), 0) || '.' || coalesce(sum(revision), 0) AS version
  FROM (
    SELECT updated_at, revision, exact AND (lag(start) OVER near IS NULL
      OR start = lag(start) OVER near + make_interval(secs => $5::bigint)
      OR first_trade_id = lag(last_trade_id) OVER near + 1) IS TRUE AS joined
    FROM candles WHERE product_id = $1 AND granularity = $2
      AND start >= to_timestamp($3::bigint) AND start < to_timestamp($4::bigint)
    WINDOW near AS (ORDER BY start)
  ) c`;
