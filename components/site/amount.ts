import type { Decimal } from "../../lib/candles/decimal.ts";
import { toNumber } from "../../lib/candles/decimal.ts";

const STEPS = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]] as const;

/**
 * A volume for reading at a glance, three significant digits: `1.23B`, `45.6K`, `0.00152`. It is a
 * rounding for people; exact amounts are in the API.
 */
export function compactAmount(amount: Decimal): string {
  const value = toNumber(amount);
  const size = Math.abs(value);
  for (const [step, letter] of STEPS) {
    // 999.6K rounds to 1000K, so the next step begins where rounding would reach it.
    if (size >= step * 0.9995) return `${threeDigits(value / step)}${letter}`;
  }
  return threeDigits(value);
}

function threeDigits(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value) * 1.0005));
  const digits = Math.min(12, Math.max(0, 2 - magnitude));
  const text = value.toFixed(digits);
  return magnitude < 0 ? text.replace(/\.?0+$/, "") : text;
}
