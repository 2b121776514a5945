import type { Candle } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { candleOf, type CandleRow, COLUMN_NAMES, COLUMN_VALUES } from "./candle_row.ts";

/** What the candles of one key do not have in common. */
const LISTED = COLUMN_NAMES.map((name, index) => ({ name, value: COLUMN_VALUES[index] ?? "" }))
  .filter(({ name }) => name !== "product_id" && name !== "granularity");

/**
 * Selects the candles of one key, from a query under the name `c`, as one text in ascending order (null if there are
 * none): a client spends several times longer on a row's many fields one by one than on taking such a text apart.
 */
export const CANDLE_LIST = `string_agg(ROW(${
  LISTED.map(({ value }) => value).join(", ")
})::text, ';' ORDER BY c.start)`;

/** Takes apart what `CANDLE_LIST` selected. No value of ours is quoted in it, and null is nothing between two commas. */
export function candlesOf(
  list: string | null,
  productId: ProductId,
  granularity: Granularity,
): Candle[] {
  if (list === null) return [];
  return list.split(";").map((row) => {
    const values = row.slice(1, -1).split(",");
    const fields: Record<string, CandleRow[string]> = { product_id: productId, granularity };
    for (const [index, { name }] of LISTED.entries()) fields[name] = values[index] || null;
    return candleOf(fields);
  });
}
