import type { Decimal } from "../candles/decimal.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";

/** How urgent a request is (higher first), and what ends it. */
export interface Urgency {
  readonly priority: number;
  readonly signal: AbortSignal;
}

/** What the exchange's REST interface gives to repairs. */
export interface TradeSource {
  /** Trades ascending by id, the newest `limit` (at most 1000) between `start` and `end`, in epoch seconds. */
  trades(
    productId: ProductId,
    query: { readonly start?: number; readonly end?: number; readonly limit: number } & Urgency,
  ): Promise<{ readonly trades: readonly Trade[]; readonly answeredAtMs: number }>;
  /** The exchange's candles that start in `start` ≤ … < `end`, ascending. */
  candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
    urgency: Urgency,
  ): Promise<readonly SourceCandle[]>;
}

/** A candle as the exchange computed it. */
export interface SourceCandle {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
}

/** Most trades in one answer. */
export const MAX_TRADES = 1000;
