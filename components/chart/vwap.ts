import type { Decimal } from "../../lib/candles/decimal.ts";

/**
 * The volume-weighted average price, rounded half up to `digits` fraction digits and computed in
 * integers. Null where the quote volume is unknown or nothing was traded.
 */
export function vwap(quoteVolume: Decimal | null, volume: Decimal, digits: number): Decimal | null {
  if (quoteVolume === null || BigInt(volume.units) <= 0n) return null;
  // quote / volume = (q / v) × 10^(volume.scale - quote.scale), wanted in units of 10^-digits.
  const shift = digits + volume.scale - quoteVolume.scale;
  const top = BigInt(quoteVolume.units) * (shift > 0 ? 10n ** BigInt(shift) : 1n);
  const bottom = BigInt(volume.units) * (shift < 0 ? 10n ** BigInt(-shift) : 1n);
  return { units: (top * 2n + bottom) / (bottom * 2n), scale: digits };
}
