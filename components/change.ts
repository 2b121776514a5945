import type { Decimal } from "../lib/candles/decimal.ts";
import { toNumber } from "../lib/candles/decimal.ts";

/** Which way a price went, after rounding to what is shown. */
export type Direction = "up" | "down" | "flat";

/** A change as people see it: never by colour alone, so the text has its sign. */
export interface Change {
  readonly direction: Direction;
  /** `+2.31%`, `−0.40%` (a true minus), `0.00%`. */
  readonly text: string;
}

/** Words for the three directions, for those who do not see the arrow. */
export const DIRECTION_WORD: Readonly<Record<Direction, string>> = {
  up: "up",
  down: "down",
  flat: "unchanged",
};

/** A percentage as a change. Two digits, one from 1000 % on. */
export function changeOf(percent: number): Change {
  const size = Math.abs(percent);
  const text = size >= 1000 ? size.toFixed(0) : size.toFixed(2);
  if (Number(text) === 0) return { direction: "flat", text: "0.00%" };
  return percent > 0
    ? { direction: "up", text: `+${text}%` }
    : { direction: "down", text: `−${text}%` };
}

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

/** The change from a reference price to a price; null without a reference. */
export function changeSince(reference: number | null, price: Decimal): Change | null {
  return reference === null ? null : changeOf((toNumber(price) / reference - 1) * 100);
}
