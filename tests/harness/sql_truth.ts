import type postgres from "postgres";
import { GRANULARITIES, GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";
import type { ExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";

/** The stored candles' sums by PostgreSQL's own arithmetic. */
export interface SqlComparison {
  readonly trades: number;
  readonly compared: number;
  /** The first few rows that differ, or that only one side has. */
  readonly differences: readonly Record<string, unknown>[];
}

const ROWS_PER_INSERT = 20_000;

/**
 * Loads every trade the exchange made into a table and lets PostgreSQL compute the candles from them, in `numeric` and in
 * one statement, of all granularities that lie between each product's coverage start and `through` (epoch seconds).
 */
export async function compareInSql(
  sql: postgres.Sql,
  exchange: ExchangeSimulator,
  through: number,
): Promise<SqlComparison> {
  await sql.unsafe(`CREATE TABLE truth_trades (product_id text, trade_id bigint, price numeric,
    size numeric, side text, time timestamptz)`);
  const rows = [...exchange.truth.rows(exchange.products)];
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT) {
    const part = rows.slice(i, i + ROWS_PER_INSERT);
    const columns = [0, 1, 2, 3, 4, 5].map((at) => `{${part.map((row) => row[at]).join(",")}}`);
    await sql.unsafe(
      `INSERT INTO truth_trades SELECT * FROM unnest($1::text[], $2::bigint[], $3::numeric[],
        $4::numeric[], $5::text[], $6::timestamptz[])`,
      columns,
    );
  }
  const [counted] = await sql.unsafe<{ compared: string }[]>(
    `SELECT count(*) AS compared FROM (${BOTH_SIDES}) both_sides`,
    [through],
  );
  const differences = await sql.unsafe<Record<string, unknown>[]>(
    `SELECT * FROM (${BOTH_SIDES}) both_sides WHERE held IS DISTINCT FROM computed LIMIT 10`,
    [through],
  );
  const compared = Number(counted?.compared ?? 0);
  return { trades: rows.length, compared, differences: [...differences] };
}

const LENGTHS = GRANULARITIES.map((name) => `('${name}', ${GRANULARITY_SECONDS[name]})`).join(", ");

// The maker's side is what trades carry: where the maker sold, the taker bought.
const BOTH_SIDES = `
  WITH length (granularity, seconds) AS (VALUES ${LENGTHS}),
  expected AS (
    SELECT t.product_id, l.granularity, start, min(l.seconds) AS seconds,
      row(trim_scale((array_agg(price ORDER BY trade_id))[1]), trim_scale(max(price)), trim_scale(min(price)),
        trim_scale((array_agg(price ORDER BY trade_id DESC))[1]), trim_scale(sum(size)), trim_scale(sum(price * size)),
        trim_scale(coalesce(sum(size) FILTER (WHERE side = 'SELL'), 0)), count(*), min(trade_id),
        max(trade_id), true)::text AS row
    FROM truth_trades t CROSS JOIN length l CROSS JOIN LATERAL (
      SELECT to_timestamp(floor(extract(epoch FROM t.time) / l.seconds) * l.seconds)
    ) bucket (start)
    GROUP BY t.product_id, l.granularity, start
  ),
  stored AS (
    SELECT product_id, granularity, start, seconds,
      row(trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close),
        trim_scale(volume), trim_scale(quote_volume), trim_scale(buy_volume), trades,
        first_trade_id, last_trade_id, exact)::text AS row
    FROM candles JOIN length USING (granularity)
  )
  SELECT product_id, granularity, start, stored.row AS held, expected.row AS computed
  FROM stored FULL JOIN expected USING (product_id, granularity, start)
  JOIN products p USING (product_id)
  WHERE start >= p.proven_from_time
    AND start + make_interval(secs => coalesce(stored.seconds, expected.seconds))
      <= to_timestamp($1::bigint)`;
