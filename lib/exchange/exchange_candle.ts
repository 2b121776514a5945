import { type Candle, NOT_FROM_TRADES } from "../candles/candle.ts";
import { compare, formatDecimal } from "../candles/decimal.ts";

/** A candle as the exchange computed it: without trade ids, so never provably exact. */
export type ExchangeCandle = Pick<
  Candle,
  "productId" | "granularity" | "start" | "open" | "high" | "low" | "close" | "volume"
>;

/** What our candles and the exchange's own both have. */
export type ExchangeValues = Pick<ExchangeCandle, "open" | "high" | "low" | "close" | "volume">;

/** Whether two candles have the same open, high, low, close and volume, to the last digit. */
export function agrees(a: ExchangeValues, b: ExchangeValues): boolean {
  return compare(a.open, b.open) === 0 && compare(a.high, b.high) === 0 &&
    compare(a.low, b.low) === 0 && compare(a.close, b.close) === 0 &&
    compare(a.volume, b.volume) === 0;
}

/** The exchange's own closed candle as one of ours: not exact, and without what only trades show. */
export function estimateOf(candle: ExchangeCandle): Candle {
  return { ...candle, ...NOT_FROM_TRADES, isComplete: true, exact: false, revision: 0 };
}

/** Values as text, in the order of `ExchangeValues`. */
export function valuesText(values: ExchangeValues | null): string | null {
  if (values === null) return null;
  const { open, high, low, close, volume } = values;
  return [open, high, low, close, volume].map(formatDecimal).join(" ");
}
