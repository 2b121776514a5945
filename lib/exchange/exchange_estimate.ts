import { type Candle, NOT_FROM_TRADES } from "../candles/candle.ts";
import type { SourceCandle } from "./trade_source.ts";

/** The exchange's own closed candle as one of ours: not exact, and without what only trades can tell. */
export function estimateOf(candle: SourceCandle): Candle {
  return {
    productId: candle.productId,
    granularity: candle.granularity,
    start: candle.start,
    open: candle.open,
    high: candle.high,
    low: candle.low,
    close: candle.close,
    volume: candle.volume,
    ...NOT_FROM_TRADES,
    isComplete: true,
    exact: false,
    revision: 0,
  };
}
