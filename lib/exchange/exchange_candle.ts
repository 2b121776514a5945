import type { Candle } from "../candles/candle.ts";
import { NOT_FROM_TRADES } from "../candles/candle.ts";

/** A candle as the exchange computed it: without trade ids, so never provably exact. */
export type ExchangeCandle = Pick<
  Candle,
  "productId" | "granularity" | "start" | "open" | "high" | "low" | "close" | "volume"
>;

/** The exchange's own closed candle as one of ours: not exact, and without what only trades can tell. */
export function estimateOf(candle: ExchangeCandle): Candle {
  return { ...candle, ...NOT_FROM_TRADES, isComplete: true, exact: false, revision: 0 };
}
