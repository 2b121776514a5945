import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import type { ExchangeCandle } from "./exchange_candle.ts";

/** A request's priority, and what cancels it. */
export interface Urgency {
  /** Higher goes first; equal ones in order of arrival. Default 0. */
  readonly priority?: number;
  /** Cancels the request, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Most trades in one answer. */
export const MAX_TRADES = 1000;

/** Which trades to request; times in epoch seconds. */
export interface TradesQuery extends Urgency {
  readonly start?: number;
  readonly end?: number;
  /** At most `MAX_TRADES`. */
  readonly limit: number;
}

/** Trades ascending by id without repetition, and the exchange's time when it gave them (epoch milliseconds). */
export interface TradesAnswer {
  readonly trades: readonly Trade[];
  readonly answeredAtMs: number;
  /**
   * Rows that could not be read. If there are any, neighbouring trades may have had others between
   * them.
   */
  readonly unreadable: number;
}

/**
 * Source of past trades and candles. Every request may reject with an error or with its signal's
 * reason.
 */
export interface TradeSource {
  /** Trades, the newest ones if there are more than the limit. */
  trades(productId: ProductId, query: TradesQuery): Promise<TradesAnswer>;
  /** Candles that start in `start` ≤ … < `end`, ascending; buckets without trades are absent. */
  candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
    urgency?: Urgency,
  ): Promise<readonly ExchangeCandle[]>;
}
