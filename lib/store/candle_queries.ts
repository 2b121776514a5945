import { GRANULARITIES, GRANULARITY_SECONDS } from "../candles/granularity.ts";
import { CANDLE_COLUMNS, COLUMN_NAMES, STORED } from "./candle_row.ts";

const KEY = ["product_id", "granularity", "start"];
const NAMES = COLUMN_NAMES.join(", ");
const CHANGING = [...COLUMN_NAMES.filter((name) => !KEY.includes(name)), "updated_at"];

/**
 * Upserts the columns of `columnLiterals`. Row order follows the order among states: every stored candle is
 * complete, and false sorts below true.
 */
export const UPSERT = `INSERT INTO candles AS held (${NAMES})
  SELECT ${COLUMN_NAMES.map((name) => name === "start" ? "to_timestamp(n.start)" : `n.${name}`)}
  FROM unnest(${STORED.map(({ type }, index) => `$${index + 1}::${type}[]`)}) AS n (${NAMES})
  ON CONFLICT (${KEY}) DO UPDATE SET ${CHANGING.map((name) => `${name} = excluded.${name}`)}
  WHERE (excluded.exact, excluded.revision, excluded.trades IS NOT NULL)
    > (held.exact, held.revision, held.trades IS NOT NULL)`;

/**
 * The candles that aggregators resume with. $1: product ids. For each product, candles shorter than an hour from the
 * hour before its newest minute on, and longer ones of that hour's day; and for each length the newest minute before
 * the first of them, whose ids show whether trades right after it are missing.
 */
export const HELD = heldQuery(GRANULARITY_SECONDS);

/** `HELD` for granularities of these lengths, in seconds. */
export function heldQuery(lengths: Readonly<Record<string, number>>): string {
  const entries = Object.entries(lengths);
  const short = entries.filter(([, seconds]) => seconds < GRANULARITY_SECONDS.ONE_HOUR);
  const long = entries.filter(([, seconds]) => seconds >= GRANULARITY_SECONDS.ONE_HOUR);
  const names = (some: typeof entries) => some.map(([name]) => `'${name}'`).join(", ");
  const intervals = long.map(([, seconds]) => `interval '${seconds} seconds'`).join(", ");
  return `WITH newest AS (
    SELECT wanted.product_id, n.held_from FROM unnest($1::text[]) AS wanted (product_id)
    CROSS JOIN LATERAL (
      SELECT date_trunc('hour', start, 'UTC') - interval '1 hour' AS held_from FROM candles
      WHERE product_id = wanted.product_id AND granularity = 'ONE_MINUTE' ORDER BY start DESC LIMIT 1
    ) n
  )
  SELECT * FROM (
    SELECT ${CANDLE_COLUMNS} FROM newest
    JOIN candles c ON c.product_id = newest.product_id AND (
      c.granularity IN (${names(short)})
        AND c.start >= newest.held_from
      OR c.granularity IN (${names(long)})
        AND c.start >= date_trunc('day', newest.held_from, 'UTC')
    )
    UNION
    SELECT ${CANDLE_COLUMNS} FROM newest
    CROSS JOIN LATERAL (
      SELECT unnest(ARRAY[${intervals}]) AS length
    ) lengths
    CROSS JOIN LATERAL (
      SELECT * FROM candles
      WHERE product_id = newest.product_id AND granularity = 'ONE_MINUTE'
        AND start < date_bin(lengths.length, newest.held_from, timestamptz 'epoch')
        AND last_trade_id IS NOT NULL
      ORDER BY start DESC LIMIT 1
    ) c
  ) held ORDER BY start`;
}

/** Candles of product $1 from second $2 to $3, and the neighbouring minute on either side. */
export const AROUND = `SELECT ${CANDLE_COLUMNS} FROM candles c
  WHERE product_id = $1 AND granularity = ANY ('{${GRANULARITIES.join(",")}}'::text[])
    AND start >= to_timestamp($2::bigint) AND start < to_timestamp($3::bigint)
  UNION ALL (
    SELECT ${CANDLE_COLUMNS} FROM candles c WHERE product_id = $1 AND granularity = 'ONE_MINUTE'
      AND c.start < to_timestamp($2::bigint) ORDER BY c.start DESC LIMIT 1
  ) UNION ALL (
    SELECT ${CANDLE_COLUMNS} FROM candles c WHERE product_id = $1 AND granularity = 'ONE_MINUTE'
      AND c.start >= to_timestamp($3::bigint) ORDER BY c.start LIMIT 1
  )`;

/**
 * Candles of product $1: those shorter than an hour from second $2 to $3, the others from $4 to $5, and the
 * neighbouring minutes and hours on both sides.
 */
export const BESIDE = besideQuery();

function besideQuery(): string {
  const names = (some: (seconds: number) => boolean) =>
    GRANULARITIES.filter((name) => some(GRANULARITY_SECONDS[name])).map((name) => `'${name}'`)
      .join();
  const isSmall = (seconds: number) => seconds < GRANULARITY_SECONDS.ONE_HOUR;
  const within = (granularities: string, from: string, to: string) =>
    `SELECT ${CANDLE_COLUMNS} FROM candles c WHERE product_id = $1
      AND granularity IN (${granularities})
      AND start >= to_timestamp(${from}::bigint) AND start < to_timestamp(${to}::bigint)`;
  const next = (granularity: string, range: string, order: string) =>
    `(SELECT ${CANDLE_COLUMNS} FROM candles c WHERE product_id = $1
      AND granularity = '${granularity}' AND c.start ${range}::bigint) ORDER BY c.start ${order} LIMIT 1)`;
  return [
    within(names(isSmall), "$2", "$3"),
    within(names((seconds) => !isSmall(seconds)), "$4", "$5"),
    next("ONE_MINUTE", "< to_timestamp($2", "DESC"),
    next("ONE_MINUTE", ">= to_timestamp($3", ""),
    next("ONE_HOUR", "< to_timestamp($4", "DESC"),
    next("ONE_HOUR", ">= to_timestamp($5", ""),
  ].join("\nUNION ALL ");
}

/**
 * Breaks in the trade ids of products $1 from second $2 to $3. $4: between two exact minutes as well, where ids are
 * missing only if rows were lost.
 */
export const CHAIN = `WITH minute AS (
    SELECT product_id, extract(epoch FROM start)::bigint AS start, first_trade_id AS first_id,
      last_trade_id AS last_id, trades, exact,
      lead(extract(epoch FROM start)::bigint) OVER next AS next_start,
      lead(first_trade_id) OVER next AS next_first_id, lead(exact) OVER next AS next_exact
    FROM candles
    WHERE product_id = ANY ($1::text[]) AND granularity = 'ONE_MINUTE' AND first_trade_id IS NOT NULL
      AND start >= to_timestamp($2::bigint) AND start < to_timestamp($3::bigint)
    WINDOW next AS (PARTITION BY product_id ORDER BY start)
  )
  SELECT product_id, last_id + 1 AS from_id, next_first_id - 1 AS to_id, start AS from_start,
    next_start AS to_start
  FROM minute WHERE next_first_id > last_id + 1 AND ($4::boolean OR NOT (exact AND next_exact))
  UNION ALL
  SELECT product_id, first_id + 1, last_id - 1, start, start
  FROM minute WHERE NOT exact AND last_id - first_id + 1 > trades AND last_id > first_id + 1
  ORDER BY product_id, from_id`;
