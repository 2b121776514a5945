import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { nextTurn } from "../time/next_turn.ts";
import type { Database } from "./database.ts";

/** A product's closing prices at equal intervals, for drawing only. */
export interface ClosingPrices {
  /** The start of the first candle. */
  readonly from: EpochSeconds;
  /** The nearest doubles, oldest first; at least one. */
  readonly prices: readonly number[];
}

/**
 * Closing prices of granularity $2 from second $1 on, of all products, one row for each: a row for each candle costs a
 * client fifty times more. The primary key starts with the product, so each product's range is read separately;
 * otherwise the week's whole chunk is read.
 */
const CLOSES = `SELECT p.product_id, c.start, c.closes FROM products p CROSS JOIN LATERAL (
    SELECT extract(epoch FROM min(start))::bigint AS start,
      string_agg(close::text, ',' ORDER BY start) AS closes
    FROM candles WHERE product_id = p.product_id AND granularity = $2
      AND start >= to_timestamp($1::bigint)
  ) c WHERE c.closes IS NOT NULL`;

/** Products whose prices are parsed in one turn of the event loop: less than a millisecond for a day of half hours. */
const SLICE = 100;

/** Reads the closing prices of all products of the catalogue since `from`. Those without any are left out. */
export async function readClosingPrices(
  database: Database,
  from: EpochSeconds,
  granularity: Granularity,
): Promise<Map<ProductId, ClosingPrices>> {
  const rows = await database.unsafe<{ product_id: string; start: string; closes: string }[]>(
    CLOSES,
    [from, granularity],
    { prepare: true },
  );
  const byProduct = new Map<ProductId, ClosingPrices>();
  for (const [index, { product_id, start, closes }] of rows.entries()) {
    if (index > 0 && index % SLICE === 0) await nextTurn();
    byProduct.set(productId(product_id), {
      from: epochSeconds(Number(start)),
      prices: closes.split(",").map(Number),
    });
  }
  return byProduct;
}
