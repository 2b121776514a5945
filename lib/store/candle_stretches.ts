import { decimal } from "../candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import { type Multiple, multipleStart } from "../candles/multiple.ts";
import type { ProductId } from "../candles/product.ts";
import type { Stretch } from "../candles/stretch.ts";
import { numberOf } from "./candle_row.ts";
import { likelyStart } from "./candle_store.ts";
import type { Database } from "./database.ts";

/** Which closed candles to read, and into what to merge them. */
export interface StretchQuery {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** The first part's start at the earliest; without it there is none. */
  readonly start?: EpochSeconds;
  /** Where the parts end, exclusive. */
  readonly end?: EpochSeconds;
  /** A part that is kept apart from the others of its bucket, since its caller may know a newer state of it. */
  readonly apart: EpochSeconds | null;
  /** Most parts to read, the newest. */
  readonly parts: number;
  /** Most buckets to answer, the newest. */
  readonly buckets: number;
}

/** Closed candles merged where they are kept: a page's memory is that of its answer, whatever it was merged from. */
export class CandleStretches {
  constructor(private readonly database: Database) {}

  /**
   * The newest parts of a range as stretches, ascending: one for each bucket, up to three for that of `apart`. The oldest
   * may lack parts where `parts` ended the reading.
   */
  async newest(query: StretchQuery): Promise<Stretch[]> {
    if (query.start === undefined) {
      // Nearly always they are here, and a range lets the planner leave the other weeks alone.
      const { multiple: { of }, end, parts } = query;
      const start = likelyStart({ granularity: of, end, limit: parts });
      const near = await this.#newest({ ...query, start });
      if (bucketsOf(near, query.multiple) >= query.buckets) return near;
    }
    return await this.#newest(query);
  }

  async #newest(query: StretchQuery): Promise<Stretch[]> {
    const { productId, multiple, start, end, apart, parts, buckets } = query;
    const { of, seconds } = multiple;
    const key = [productId, of, GRANULARITY_SECONDS[of], seconds, apart ?? NEVER];
    const [row] = await this.database.unsafe<{ list: string | null }[]>(
      statement(start !== undefined, end !== undefined),
      // Two more, since one bucket may come in three.
      [...key, parts, buckets + 2, ...[start, end].filter((bound) => bound !== undefined)],
      { prepare: true },
    );
    return stretchesOf(row?.list ?? null, productId, of);
  }
}

function bucketsOf(stretches: readonly Stretch[], multiple: Multiple): number {
  return new Set(stretches.map(({ first }) => multipleStart(first.start, multiple))).size;
}

/** The last second of the year 9999. */
const NEVER = 253_402_300_799;

/**
 * $1 product, $2 granularity, $3 its seconds, $4 the bucket's seconds, $5 the part kept apart, $6 parts, $7 stretches,
 * then the range. What a missing value is to a merge, and when two parts are joined, is as in `mergeValues` and `runsOn`.
 */
function statement(hasStart: boolean, hasEnd: boolean): string {
  return `SELECT string_agg(ROW(first_start, first_exact, first_id, last_start, last_exact, last_id, unbroken,
      revision, open, high, low, close, volume, trades, quote_volume, buy_volume, ids_known)::text, ';'
      ORDER BY first_start) AS list
    FROM (
      SELECT min(second) AS first_start, bool_and(exact) FILTER (WHERE is_first) AS first_exact,
        max(first_trade_id) FILTER (WHERE is_first) AS first_id,
        max(second) AS last_start, bool_and(exact) FILTER (WHERE is_last) AS last_exact,
        max(last_trade_id) FILTER (WHERE is_last) AS last_id,
        bool_and(exact AND (is_first OR joined)) AS unbroken, sum(revision) AS revision,
        max(open) FILTER (WHERE is_first) AS open, max(high) AS high, min(low) AS low,
        max(close) FILTER (WHERE is_last) AS close, sum(volume) AS volume,
        CASE WHEN bool_and(trades IS NOT NULL) THEN sum(trades) END AS trades,
        CASE WHEN bool_and(quote_volume IS NOT NULL) THEN sum(quote_volume) END AS quote_volume,
        CASE WHEN bool_and(buy_volume IS NOT NULL) THEN sum(buy_volume) END AS buy_volume,
        bool_and(first_trade_id IS NOT NULL) AS ids_known
      FROM (
        SELECT *, lag(stretch) OVER near IS DISTINCT FROM stretch AS is_first,
          lead(stretch) OVER near IS DISTINCT FROM stretch AS is_last,
          (lag(exact) OVER near AND (second = lag(second) OVER near + $3::bigint
            OR first_trade_id = lag(last_trade_id) OVER near + 1)) IS TRUE AS joined
        FROM (
          SELECT *, (second - second % $4::bigint) * 3 + sign(second - $5::bigint)::bigint AS stretch
          FROM (
            SELECT *, extract(epoch FROM start)::bigint AS second FROM candles c
            WHERE product_id = $1 AND granularity = $2
              ${hasStart ? "AND c.start >= to_timestamp($8::bigint)" : ""}
              ${hasEnd ? `AND c.start < to_timestamp($${hasStart ? 9 : 8}::bigint)` : ""}
            ORDER BY c.start DESC LIMIT $6
          ) read
        ) part
        WINDOW near AS (ORDER BY second)
      ) joined
      GROUP BY stretch ORDER BY first_start DESC LIMIT $7
    ) merged`;
}

/** Takes apart what the statement selected. No value of ours is quoted in it, and null is nothing between two commas. */
function stretchesOf(
  list: string | null,
  productId: ProductId,
  granularity: Granularity,
): Stretch[] {
  if (list === null) return [];
  return list.split(";").map((row) => {
    const [
      firstStart,
      firstExact,
      firstId = "",
      lastStart,
      lastExact,
      lastId = "",
      unbroken,
      revision,
      open = "",
      high = "",
      low = "",
      close = "",
      volume = "",
      trades = "",
      quoteVolume = "",
      buyVolume = "",
      idsKnown,
    ] = row.slice(1, -1).split(",");
    const firstTradeId = numberOf(firstId || null);
    const lastTradeId = numberOf(lastId || null);
    return {
      first: {
        start: epochSeconds(Number(firstStart)),
        exact: firstExact === "t",
        firstTradeId,
      },
      last: {
        productId,
        granularity,
        start: epochSeconds(Number(lastStart)),
        exact: lastExact === "t",
        isComplete: true,
        lastTradeId,
      },
      unbroken: unbroken === "t",
      revision: Number(revision),
      values: {
        open: decimal(open),
        high: decimal(high),
        low: decimal(low),
        close: decimal(close),
        volume: decimal(volume),
        trades: numberOf(trades || null),
        quoteVolume: quoteVolume === "" ? null : decimal(quoteVolume),
        buyVolume: buyVolume === "" ? null : decimal(buyVolume),
        firstTradeId: idsKnown === "t" ? firstTradeId : null,
        lastTradeId: idsKnown === "t" ? lastTradeId : null,
      },
    };
  });
}
