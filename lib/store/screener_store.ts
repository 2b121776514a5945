import type { EpochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import type { Database } from "./database.ts";

/** Figures of a product from its stored candles, for screening; floats, null where too little is stored. */
export interface ScreenerFigures {
  /** The price an hour and seven days before: the last close up to then, within a day. */
  readonly hourAgo: number | null;
  readonly weekAgo: number | null;
  /** Extremes of the last 24 hours, in whole hours, and of the live hour so far. */
  readonly high: number | null;
  readonly low: number | null;
  /** The last hour's volume divided by the average hour's of the last 24. */
  readonly volumeRatio: number | null;
  /** Of the last hour; null if it has a candle whose trades are not known. */
  readonly tradesPerMinute: number | null;
  /** Wilder's relative strength index of 14 hours, computed over what is stored of the last 100. */
  readonly rsi: number | null;
}

/** The moment for which figures are computed. */
export interface ScreenerWindow {
  /** A start of a five-minute candle; newer candles are ignored. */
  readonly until: EpochSeconds;
}

/** The figures that the dashboard is screened by, of all products in one statement. */
export class ScreenerStore {
  constructor(private readonly database: Database) {}

  /** Products without stored candles are included, with all figures null. */
  async figures(
    productIds: readonly ProductId[],
    { until }: ScreenerWindow,
  ): Promise<Map<ProductId, ScreenerFigures>> {
    const rows = await this.database.unsafe<FigureRow[]>(
      SCREEN,
      [`{${productIds.join(",")}}`, until],
      { prepare: true },
    );
    return new Map(rows.map((row) => [productId(row.product_id), figuresOf(row)]));
  }
}

/** Enough hours for earlier ones to weigh less than a thousandth in the index. */
const RSI_HOURS = 100;
const PERIOD = 14;

const OF_PRODUCT = "FROM candles WHERE product_id = p.product_id";

/**
 * Of products $1 as of second $2. The key starts with the product and the granularity, so each part is one short range
 * of it: twelve five-minute candles, a hundred hours, and two single candles (OFFSET 0 forces the planner to read it
 * so). An hour's weight grows instead of shrinking with its age: the index is a ratio of sums.
 */
export const SCREEN = `SELECT p.product_id, hour_ago.close AS hour_ago, week_ago.close AS week_ago,
    greatest(hours.high, recent.high) AS high, least(hours.low, recent.low) AS low,
    recent.volume / nullif(hours.volume / nullif(hours.count, 0), 0) AS volume_ratio,
    recent.trades / 60.0 AS trades_per_minute,
    CASE WHEN hours.steps < ${PERIOD} THEN NULL WHEN hours.gain + hours.loss = 0 THEN 50
      ELSE 100 * hours.gain / (hours.gain + hours.loss) END AS rsi
  FROM unnest($1::text[]) AS p (product_id)
  LEFT JOIN LATERAL (
    SELECT close::float8 ${OF_PRODUCT} AND granularity = 'FIVE_MINUTE'
      AND start <= to_timestamp($2::bigint - 3900) AND start > to_timestamp($2::bigint - 90300)
    ORDER BY start DESC LIMIT 1
  ) hour_ago ON true
  LEFT JOIN LATERAL (
    SELECT close::float8 ${OF_PRODUCT} AND granularity = 'ONE_HOUR'
      AND start <= to_timestamp($2::bigint - 608400) AND start > to_timestamp($2::bigint - 694800)
    ORDER BY start DESC LIMIT 1
  ) week_ago ON true
  CROSS JOIN LATERAL (
    SELECT max(high)::float8 AS high, min(low)::float8 AS low, sum(volume)::float8 AS volume,
      CASE WHEN count(trades) = count(*) THEN sum(trades)::float8 END AS trades
    FROM (
      SELECT high, low, volume, trades ${OF_PRODUCT} AND granularity = 'FIVE_MINUTE'
        AND start >= to_timestamp($2::bigint - 3600) AND start < to_timestamp($2::bigint) OFFSET 0
    ) c
  ) recent
  CROSS JOIN LATERAL (
    SELECT max(high) FILTER (WHERE is_of_day)::float8 AS high,
      min(low) FILTER (WHERE is_of_day)::float8 AS low,
      sum(volume) FILTER (WHERE is_of_day)::float8 AS volume,
      count(*) FILTER (WHERE is_of_day) AS count, count(step) AS steps,
      sum(greatest(step, 0) * weight) AS gain, sum(greatest(-step, 0) * weight) AS loss
    FROM (
      SELECT high, low, volume, start >= to_timestamp($2::bigint - 86400) AS is_of_day,
        close - lag(close) OVER hour AS step,
        power(${PERIOD}::float8 / ${PERIOD - 1}, row_number() OVER hour) AS weight
      FROM (
        SELECT start, high, low, close::float8 AS close, volume ${OF_PRODUCT}
          AND granularity = 'ONE_HOUR' AND start >= to_timestamp($2::bigint - ${RSI_HOURS * 3600})
          AND start <= to_timestamp($2::bigint - 3600)
        ORDER BY start OFFSET 0
      ) c WINDOW hour AS (ORDER BY start)
    ) h
  ) hours`;

interface FigureRow {
  readonly product_id: string;
  readonly hour_ago: string | null;
  readonly week_ago: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly volume_ratio: string | null;
  readonly trades_per_minute: string | null;
  readonly rsi: string | null;
}

function figuresOf(row: FigureRow): ScreenerFigures {
  return {
    hourAgo: numberOf(row.hour_ago),
    weekAgo: numberOf(row.week_ago),
    high: numberOf(row.high),
    low: numberOf(row.low),
    volumeRatio: numberOf(row.volume_ratio),
    tradesPerMinute: numberOf(row.trades_per_minute),
    rsi: numberOf(row.rsi),
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
