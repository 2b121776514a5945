import { valuesOf } from "../candles/candle.ts";
import { type CandleField, VALUE_FIELDS } from "../candles/candle_fields.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import { type Multiple, multipleStart } from "../candles/multiple.ts";
import type { ProductId } from "../candles/product.ts";
import type { Stretch } from "../candles/stretch.ts";
import { candleOf, type CandleRow } from "./candle_row.ts";
import { likelyStart } from "./candle_store.ts";
import type { Database } from "./database.ts";

/** Which closed candles to read, and into what to merge them. */
export interface StretchQuery {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** The earliest start of a part; unbounded if left out. */
  readonly start?: EpochSeconds;
  /** Where the parts end, exclusive. */
  readonly end?: EpochSeconds;
  /**
   * The start of a part that is not merged with the others of its bucket, since the caller may know a newer state of
   * it.
   */
  readonly apart: EpochSeconds | null;
  /** Most parts to read, the newest. */
  readonly parts: number;
  /** Most buckets to answer, the newest. */
  readonly buckets: number;
}

/**
 * Merges closed candles inside PostgreSQL, so that a page takes only the memory of its answer, whatever it was merged
 * from.
 */
export class CandleStretches {
  constructor(private readonly database: Database) {}

  /**
   * The newest parts of a range as stretches, ascending: one for each bucket, up to three for that of `apart`. The
   * oldest stretch may be incomplete where the limit `parts` was reached.
   */
  async newest(query: StretchQuery): Promise<Stretch[]> {
    if (query.start === undefined) {
      // They are nearly always in this range, which lets the planner skip the other weeks.
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
      // Two more, since the bucket of `apart` may come as three stretches.
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

/** SQL that merges a value as `mergeValues` does: unknown if one part lacks it. */
function mergedColumn(field: CandleField<never>): string {
  const { wire: name, merge } = field;
  const merged = merge === "first"
    ? `max(${name}) FILTER (WHERE is_first)`
    : merge === "last"
    ? `max(${name}) FILTER (WHERE is_last)`
    : `${merge}(${name})`;
  const isNullable = "nullable" in field && field.nullable;
  return isNullable ? `CASE WHEN bool_and(${name} IS NOT NULL) THEN ${merged} END` : merged;
}

/** The columns of a stretch, by name; values have the names of their columns in `candles`. */
const SELECTED: Readonly<Record<string, string>> = {
  start: "min(second)",
  exact: "bool_and(exact) FILTER (WHERE is_first)",
  revision: "sum(revision)",
  first_id: "max(first_trade_id) FILTER (WHERE is_first)",
  last_start: "max(second)",
  last_exact: "bool_and(exact) FILTER (WHERE is_last)",
  last_id: "max(last_trade_id) FILTER (WHERE is_last)",
  unbroken: "bool_and(exact AND (is_first OR joined))",
  ...Object.fromEntries(VALUE_FIELDS.map((field) => [field.wire, mergedColumn(field)])),
};
const NAMES = Object.keys(SELECTED);
const ROW_OF = `ROW(${NAMES.map((name) => `merged.${name}`).join(", ")})::text`;
const COLUMNS = Object.entries(SELECTED).map(([name, sql]) => `${sql} AS ${name}`).join(", ");

/**
 * $1 product, $2 granularity, $3 its seconds, $4 the bucket's seconds, $5 the part kept apart, $6 parts, $7 stretches,
 * then the range. Two parts are joined by the rule of `runsOn`.
 */
function statement(hasStart: boolean, hasEnd: boolean): string {
  return `SELECT string_agg(${ROW_OF}, ';' ORDER BY merged.start) AS list
    FROM (
      SELECT ${COLUMNS}
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
      GROUP BY stretch ORDER BY min(second) DESC LIMIT $7
    ) merged`;
}

/** Parses what the statement selected. No value in it is quoted, and null is an empty field. */
function stretchesOf(
  list: string | null,
  productId: ProductId,
  granularity: Granularity,
): Stretch[] {
  if (list === null) return [];
  return list.split(";").map((text) => {
    const texts = text.slice(1, -1).split(",");
    const row: Record<string, CandleRow[string]> = { product_id: productId, granularity };
    for (const [index, name] of NAMES.entries()) row[name] = texts[index] || null;
    const { start, exact, revision, ...merged } = candleOf(row);
    return {
      first: { start, exact, firstTradeId: idOf(row.first_id) },
      last: {
        productId,
        granularity,
        start: epochSeconds(Number(row.last_start)),
        exact: row.last_exact === "t",
        isComplete: true,
        lastTradeId: idOf(row.last_id),
      },
      unbroken: row.unbroken === "t",
      revision,
      values: valuesOf(merged),
    };
  });
}

function idOf(text: CandleRow[string] | undefined): number | null {
  return typeof text === "string" ? Number(text) : null;
}
