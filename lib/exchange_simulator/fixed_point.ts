const ZEROS = "0".repeat(40);

/**
 * Writes a whole number of units as a decimal with exactly `decimals` places, as Coinbase writes
 * prices and sizes: `fixedPoint(150000, 8)` is `"0.00150000"`. Units are non-negative.
 */
export function fixedPoint(units: number | bigint, decimals: number): string {
  const digits = String(units);
  if (decimals === 0) return digits;
  const whole = digits.length - decimals;
  if (whole > 0) return digits.slice(0, whole) + "." + digits.slice(whole);
  return "0." + ZEROS.slice(0, -whole) + digits;
}

/** The same value in its shortest form, without trailing zeros: `"0.0015"`, `"12"`. */
export function shortestDecimal(units: number | bigint, decimals: number): string {
  const text = fixedPoint(units, decimals);
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 46 ? end - 1 : end);
}
