import type { Decimal } from "../../lib/candles/decimal.ts";
import { toNumber } from "../../lib/candles/decimal.ts";

/**
 * The price of 24 hours ago, from the exchange's own price and percentage: against it a live price's
 * change is shown. Null if either is unknown or the percentage cannot be.
 */
export function referencePrice(price: Decimal | null, percent: Decimal | null): number | null {
  if (price === null || percent === null) return null;
  const factor = 1 + toNumber(percent) / 100;
  const reference = toNumber(price) / factor;
  return factor > 0 && reference > 0 && Number.isFinite(reference) ? reference : null;
}
