import type { Decimal } from "../lib/candles/decimal.ts";
import { formatDecimal } from "../lib/candles/decimal.ts";

/** Most fraction digits shown: below that a price is dust that no product of the exchange has. */
const MAX_DIGITS = 12;

/** Symbols of quote currencies that are written before the amount; others follow it as a code. */
const SYMBOLS: Readonly<Record<string, string>> = { USD: "$", EUR: "€", GBP: "£" };

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

/**
 * A price with grouped thousands and at least `digits` fraction digits (`68,900.50`). More digits than
 * the tick are shown, never rounded away: what is on the page is what was traded.
 */
export function priceText(price: Decimal, digits: number): string {
  const plain = formatDecimal(price);
  const negative = plain.startsWith("-");
  const [whole = "0", fraction = ""] = (negative ? plain.slice(1) : plain).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const tail = fraction.padEnd(digits, "0");
  return `${negative ? "−" : ""}${grouped}${tail === "" ? "" : `.${tail}`}`;
}

/** An amount's text with its currency: `$1.20`, `€3`, `0.5 BTC`. */
export function withCurrency(text: string, currency: string): string {
  const symbol = SYMBOLS[currency];
  return symbol === undefined ? `${text} ${currency}` : `${symbol}${text}`;
}
