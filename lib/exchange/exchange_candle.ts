import type { Candle } from "../candles/candle.ts";
import { NOT_FROM_TRADES } from "../candles/candle.ts";
import type { Decimal } from "../candles/decimal.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/** A candle as the exchange computed it: without trade ids, so never provably exact. */
export interface ExchangeCandle {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
}

/** The exchange's own closed candle as one of ours: not exact, and without what only trades can tell. */
export function estimateOf(candle: ExchangeCandle): Candle {
  return { ...candle, ...NOT_FROM_TRADES, isComplete: true, exact: false, revision: 0 };
}
