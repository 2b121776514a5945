import type { Candle } from "../lib/candles/candle.ts";
import { decimal } from "../lib/candles/decimal.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";

/** A closed, exact one-minute candle, except for what is given. */
export function sampleCandle(other: Partial<Candle> = {}): Candle {
  return {
    productId: productId("BTC-USD"),
    granularity: "ONE_MINUTE",
    start: epochSeconds(1_704_567_600),
    open: decimal("42000.5"),
    high: decimal("42500"),
    low: decimal("41800"),
    close: decimal("42200"),
    volume: decimal("123.45000001"),
    trades: 812,
    quoteVolume: decimal("5193210.1123456789"),
    buyVolume: decimal("60.2"),
    firstTradeId: 995097890,
    lastTradeId: 995098701,
    isComplete: true,
    exact: true,
    revision: 0,
    ...other,
  };
}
