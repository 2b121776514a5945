import type { Candle } from "../candles/candle.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { candleOf, type CandleRow, columnLiterals, highestStates } from "./candle_row.ts";
import { CANDLE_LIST, candlesOf } from "./candle_list.ts";
import { AROUND, BESIDE, CHAIN, HELD, UPSERT } from "./candle_queries.ts";
import { type ClosingPrices, readClosingPrices } from "./closing_prices.ts";
import type { Database } from "./database.ts";

/** Which closed candles of one key to read. */
export interface CandleQuery {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  /** First start, inclusive. */
  readonly start?: EpochSeconds;
  /** Exclusive. */
  readonly end?: EpochSeconds;
  readonly limit: number;
}

/** Two neighbouring minutes of a product whose trade ids do not meet, or one minute with ids missing. */
export interface ChainBreak {
  readonly productId: ProductId;
  /** First and last id that may be missing. */
  readonly fromId: number;
  readonly toId: number;
  /** Starts of the minutes on either side (equal if ids are missing within one minute). */
  readonly fromStart: EpochSeconds;
  readonly toStart: EpochSeconds;
}

/** The closed candles in PostgreSQL. Reads come from one pool, upserts go to another. */
export class CandleStore {
  constructor(private readonly reading: Database, private readonly writing: Database) {}

  /**
   * Stores closed candles in one statement and returns how many rows it wrote. A lower or equal state never replaces a
   * stored one, whatever the order of arrival; live candles are ignored. Throws PostgreSQL's error, after which nothing
   * of the call is stored.
   */
  async upsert(candles: readonly Candle[]): Promise<number> {
    const highest = highestStates(candles);
    if (highest.length === 0) return 0;
    const columns = await columnLiterals(highest);
    const result = await this.writing.unsafe(UPSERT, columns, { prepare: true });
    return result.count;
  }

  /** The newest `limit` candles within the range, ascending. */
  async page(wanted: CandleQuery): Promise<Candle[]> {
    if (wanted.start === undefined) {
      // They are nearly always in this range, which lets the planner skip the other weeks.
      const near = await this.#page({ ...wanted, start: likelyStart(wanted) });
      if (near.length === wanted.limit) return near;
    }
    return await this.#page(wanted);
  }

  async #page({ productId, granularity, start, end, limit }: CandleQuery): Promise<Candle[]> {
    const [row] = await this.reading.unsafe<{ list: string | null }[]>(
      `SELECT ${CANDLE_LIST} AS list FROM (
         SELECT * FROM candles c WHERE product_id = $1 AND granularity = $2 ${range(start, end)}
         ORDER BY c.start DESC LIMIT $3
       ) c`,
      [productId, granularity, limit, ...bounds(start, end)],
      { prepare: true },
    );
    return await candlesOf(row?.list ?? null, productId, granularity);
  }

  /**
   * The candles that an aggregator resumes with after a restart: of each product the candles of up to an hour from the
   * hour before its newest minute on, and the larger ones from that hour's day on. Ascending by start.
   */
  async held(productIds: readonly ProductId[]): Promise<Candle[]> {
    const rows = await this.reading.unsafe<CandleRow[]>(HELD, [`{${productIds.join(",")}}`], {
      prepare: true,
    });
    return rows.map(candleOf);
  }

  /** The closing prices of one granularity since `from`, by product of the catalogue. For drawing many charts together. */
  closingPrices(
    from: EpochSeconds,
    granularity: Granularity,
  ): Promise<Map<ProductId, ClosingPrices>> {
    return readClosingPrices(this.reading, from, granularity);
  }

  /**
   * Every candle of a product that starts in `from` ≤ … < `to`, and the neighbouring one-minute candle on either side.
   * Ascending by start.
   */
  async around(productId: ProductId, from: EpochSeconds, to: EpochSeconds): Promise<Candle[]> {
    const rows = await this.reading.unsafe<CandleRow[]>(AROUND, [productId, from, to], {
      prepare: true,
    });
    return rows.map(candleOf).sort((a, b) => a.start - b.start);
  }

  /** A product's candles of two stretches, in no order, and the minutes and hours next to them on both sides. */
  async beside(productId: ProductId, window: {
    readonly smallFrom: EpochSeconds;
    readonly smallUntil: EpochSeconds;
    readonly largeFrom: EpochSeconds;
    readonly largeUntil: EpochSeconds;
  }): Promise<Candle[]> {
    const { smallFrom, smallUntil, largeFrom, largeUntil } = window;
    const values = [productId, smallFrom, smallUntil, largeFrom, largeUntil];
    const rows = await this.reading.unsafe<CandleRow[]>(BESIDE, values, { prepare: true });
    return rows.map(candleOf);
  }

  /** The start of the newest minute stored of any of these products; null without one. */
  async newestMinute(productIds: readonly ProductId[]): Promise<EpochSeconds | null> {
    const [row] = await this.reading.unsafe<{ start: string | null }[]>(
      `SELECT extract(epoch FROM max(start))::bigint AS start
       FROM unnest($1::text[]) AS id CROSS JOIN LATERAL (
         SELECT start FROM candles WHERE product_id = id AND granularity = 'ONE_MINUTE'
         ORDER BY start DESC LIMIT 1) AS newest`,
      [`{${productIds.join(",")}}`],
      { prepare: true },
    );
    return row?.start ? epochSeconds(Number(row.start)) : null;
  }

  /** Minutes since `from` that hold trades but are not exact, by product and UTC day (its start). */
  async inexactDays(
    productIds: readonly ProductId[],
    from: EpochSeconds,
  ): Promise<{ readonly productId: ProductId; readonly day: EpochSeconds }[]> {
    const rows = await this.reading.unsafe<{ product_id: ProductId; day: string }[]>(
      `SELECT DISTINCT product_id, extract(epoch FROM date_trunc('day', start, 'UTC'))::bigint AS day
       FROM candles WHERE product_id = ANY ($1::text[]) AND granularity = 'ONE_MINUTE'
         AND start >= to_timestamp($2::bigint) AND NOT exact AND trades IS NOT NULL`,
      [`{${productIds.join(",")}}`, from],
      { prepare: true },
    );
    return rows.map(({ product_id, day }) => ({
      productId: product_id,
      day: epochSeconds(Number(day)),
    }));
  }

  /**
   * Where the trade ids of the stored minutes are not contiguous: gaps are rebuilt from this at start. Minutes with
   * unknown ids are skipped, so the break around them spans them. Ids missing between two exact minutes, or within one,
   * are proven never to have existed and are no break; with `exactToo` they are, which finds rows that were stored and
   * lost. Ascending by id.
   */
  async chain(
    productIds: readonly ProductId[],
    from: EpochSeconds,
    to: EpochSeconds,
    { exactToo = false } = {},
  ): Promise<ChainBreak[]> {
    const rows = await this.reading.unsafe<ChainRow[]>(CHAIN, [
      `{${productIds.join(",")}}`,
      from,
      to,
      exactToo,
    ], { prepare: true });
    return rows.map((row) => ({
      productId: row.product_id,
      fromId: Number(row.from_id),
      toId: Number(row.to_id),
      fromStart: epochSeconds(Number(row.from_start)),
      toStart: epochSeconds(Number(row.to_start)),
    }));
  }
}

interface ChainRow {
  readonly product_id: ProductId;
  readonly from_id: string;
  readonly to_id: string;
  readonly from_start: string;
  readonly to_start: string;
}

/** A start far enough back for `limit` candles of a product that trades in one bucket of three. */
export function likelyStart(
  { granularity, end, limit }: Omit<CandleQuery, "productId" | "start">,
): EpochSeconds {
  const seconds = GRANULARITY_SECONDS[granularity];
  return epochSeconds((end ?? Math.floor(Date.now() / 1000)) - 3 * limit * seconds);
}

function range(start: EpochSeconds | undefined, end: EpochSeconds | undefined): string {
  const from = start === undefined ? "" : "AND c.start >= to_timestamp($4::bigint)";
  const to = end === undefined
    ? ""
    : `AND c.start < to_timestamp($${start === undefined ? 4 : 5}::bigint)`;
  return `${from} ${to}`;
}

function bounds(start: EpochSeconds | undefined, end: EpochSeconds | undefined): number[] {
  return [start, end].filter((bound) => bound !== undefined);
}
