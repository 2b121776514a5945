import type { Candle } from "../candles/candle.ts";
import { type CandleField, FIELDS } from "../candles/candle_fields.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { readCandle } from "../candles/wire.ts";
import { nextTurn } from "../time/next_turn.ts";
import { COLUMN_NAMES, COLUMN_VALUES, STORED } from "./candle_row.ts";

/** The columns that differ among the candles of one key. */
const LISTED = COLUMN_NAMES.map((name, index) => ({ name, value: COLUMN_VALUES[index] ?? "" }))
  .filter(({ name }) => name !== "product_id" && name !== "granularity");

/**
 * Selects the candles of one key, from a query under the name `c`, as one text in ascending order (null if there are
 * none): reading a row's many fields one by one costs a client several times more than parsing such a text.
 */
export const CANDLE_LIST = `string_agg(ROW(${
  LISTED.map(({ value }) => value).join(", ")
})::text, ';' ORDER BY c.start)`;

/** A field's place in such a row, by its name on the wire. */
const PLACES: Readonly<Record<string, number>> = Object.fromEntries(
  STORED.filter(({ name }) => LISTED.some((listed) => listed.name === name))
    .map(({ field, name }) => [field.wire, LISTED.findIndex((listed) => listed.name === name)]),
);

/** Rows that are parsed in one go: some 2 ms. */
const SLICE_ROWS = 500;

/**
 * Parses what `CANDLE_LIST` selected, a slice in each turn of the event loop. No value in it is quoted, and null is an
 * empty field.
 */
export async function candlesOf(
  list: string | null,
  productId: ProductId,
  granularity: Granularity,
): Promise<Candle[]> {
  if (list === null) return [];
  let values: readonly string[] = [];
  // One reader for all rows, and no object for each: a download has hundreds of thousands of them.
  const textOf = ({ wire }: CandleField<never>): string | null | undefined => {
    if (wire === FIELDS.productId.wire) return productId;
    if (wire === FIELDS.granularity.wire) return granularity;
    if (wire === FIELDS.isComplete.wire) return "true";
    const place = PLACES[wire];
    return place === undefined ? undefined : values[place] || null;
  };
  const candles: Candle[] = [];
  for (const row of list.split(";")) {
    if (candles.length > 0 && candles.length % SLICE_ROWS === 0) await nextTurn();
    values = row.slice(1, -1).split(",");
    const candle = readCandle(textOf);
    if (candle === null) throw new TypeError("a stored row is not a candle");
    candles.push(candle);
  }
  return candles;
}
