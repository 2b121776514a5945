import type { Candle } from "../../lib/candles/candle.ts";
import type { Decimal } from "../../lib/candles/decimal.ts";
import { compare } from "../../lib/candles/decimal.ts";

/** A product's extremes over 24 hours. */
export interface DayFigures {
  readonly high: Decimal;
  readonly low: Decimal;
}

/** Highest and lowest price of candles; null for none. */
export function dayFigures(candles: readonly Candle[]): DayFigures | null {
  const [first] = candles;
  if (first === undefined) return null;
  return candles.reduce<DayFigures>((day, candle) => ({
    high: compare(candle.high, day.high) > 0 ? candle.high : day.high,
    low: compare(candle.low, day.low) < 0 ? candle.low : day.low,
  }), first);
}
