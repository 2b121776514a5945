import type postgres from "postgres";
import { CANDLE_COLUMNS, candleOf, type CandleRow } from "../../lib/store/candle_row.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";
import { differenceFromTruth } from "./candle_figures.ts";
import { candleName, type ExpectedProduct } from "./expected_candles.ts";

/** How stored candles compare with the exchange's trades. */
export interface Comparison {
  readonly compared: number;
  /** A digit differs. */
  readonly wrong: number;
  /** The exchange has trades, the database has no candle. */
  readonly missing: number;
  /** The database has a candle, the exchange has no trades. */
  readonly extra: number;
  /** Right, but `exact: false` without an excuse. */
  readonly inexact: number;
  /** Right as far as it goes, but from the exchange's candles, where that is to be expected. */
  readonly exchangeMade: number;
  /** Products whose coverage start is not known. */
  readonly uncovered: number;
  /** The first few differences from what is expected. */
  readonly differences: readonly string[];
}

/** Whether a candle within a time may stay `exact: false`: epoch seconds. */
export type Excuse = (productId: string, start: number, end: number) => boolean;

const SHOWN = 12;

/**
 * Compares every closed candle in the database that ends at or before `through` (epoch seconds) with what is expected.
 * From where a product's coverage starts, none may be missing and all must be exact; earlier ones must be right.
 */
export async function compareWithTruth(
  sql: postgres.Sql,
  expected: readonly ExpectedProduct[],
  through: number,
  excuse: Excuse = () => false,
): Promise<Comparison> {
  // In this order, since the candles that a start promises are stored before it.
  const provenFrom = await coverageStarts(sql);
  const stored = await storedCandles(sql, through);
  const count = { compared: 0, wrong: 0, missing: 0, extra: 0, inexact: 0, exchangeMade: 0 };
  let uncovered = 0;
  const differences: string[] = [];
  const note = (what: keyof typeof count, productId: string, name: string, detail: string) => {
    count[what]++;
    if (differences.length < SHOWN) differences.push(`${what}: ${productId} ${name} ${detail}`);
  };
  for (const { productId, from, newestTradeId, closed } of expected) {
    const coveredFrom = provenFrom.get(productId) ?? null;
    if (coveredFrom === null) {
      uncovered++;
      if (differences.length < SHOWN) differences.push(`${productId} is not covered`);
    }
    const rows = stored.get(productId) ?? new Map<string, Candle>();
    for (const [name, candle] of rows) {
      if (candle.start < from) continue;
      const truth = closed.get(name);
      if (truth === undefined) {
        note("extra", productId, name, describe(candle));
        continue;
      }
      count.compared++;
      const difference = differenceFromTruth(candle, truth);
      const end = candle.start + GRANULARITY_SECONDS[candle.granularity];
      const excused = coveredFrom === null || candle.start < coveredFrom ||
        truth.lastTradeId === newestTradeId || excuse(productId, candle.start, end);
      if (difference !== null) note("wrong", productId, name, `${describe(candle)}: ${difference}`);
      else if (!candle.exact && !excused) note("inexact", productId, name, describe(candle));
      else if (candle.trades === null) count.exchangeMade++;
    }
    for (const [name, truth] of closed) {
      if (coveredFrom === null || truth.start < coveredFrom || rows.has(name)) continue;
      note("missing", productId, name, `(${truth.trades} trades)`);
    }
  }
  return { ...count, uncovered, differences };
}

/** Whether every candle is right, exact and stored. */
export function isPerfect(comparison: Comparison): boolean {
  const { compared, wrong, missing, extra, inexact, uncovered } = comparison;
  return compared > 0 && wrong + missing + extra + inexact + uncovered === 0;
}

async function storedCandles(
  sql: postgres.Sql,
  through: number,
): Promise<Map<string, Map<string, Candle>>> {
  const rows = await sql.unsafe<CandleRow[]>(`SELECT ${CANDLE_COLUMNS} FROM candles c`);
  const byProduct = new Map<string, Map<string, Candle>>();
  for (const candle of rows.map(candleOf)) {
    const { productId, granularity, start } = candle;
    if (start + GRANULARITY_SECONDS[granularity] > through) continue;
    let candles = byProduct.get(productId);
    if (candles === undefined) byProduct.set(productId, candles = new Map());
    candles.set(candleName(granularity, start), candle);
  }
  return byProduct;
}

async function coverageStarts(sql: postgres.Sql): Promise<Map<string, number>> {
  const rows = await sql<{ product_id: string; start: string }[]>`
    SELECT product_id, extract(epoch FROM proven_from_time)::bigint AS start FROM products
    WHERE proven_from_time IS NOT NULL`;
  return new Map(rows.map(({ product_id, start }) => [product_id, Number(start)]));
}

function describe({ exact, revision, trades }: Candle): string {
  return `(exact ${exact}, revision ${revision}, trades ${trades})`;
}
