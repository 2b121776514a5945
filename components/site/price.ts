import type { Decimal } from "../../lib/candles/decimal.ts";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import { plainPriceText } from "./plain_price.ts";

/** Most fraction digits shown by default: no product of the exchange has a finer tick. */
const MAX_DIGITS = 12;

/**
 * How many fraction digits a product's prices have: those of its tick (`0.00000001` → 8), or those of
 * the sample price where the tick is unknown (2 if that is unknown too).
 */
export function priceDigits(tick: Decimal | null, sample: Decimal | null): number {
  const source = tick ?? sample;
  if (source === null) return 2;
  const fraction = formatDecimal(source).split(".")[1] ?? "";
  return Math.min(MAX_DIGITS, fraction.length);
}

/** `plainPriceText` of a decimal. */
export function priceText(price: Decimal, digits: number): string {
  return plainPriceText(formatDecimal(price), digits);
}
