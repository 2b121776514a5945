import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import type { ExchangeCandle } from "./exchange_candle.ts";

/** How urgent a request is, and what ends it. */
export interface Urgency {
  /** Higher goes first; equal ones in the order they came. 0 if not given. */
  readonly priority?: number;
  /** Gives the request up; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Most trades in one answer. */
export const MAX_TRADES = 1000;

/** Which trades to ask for, in epoch seconds. */
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
  /** Rows that were left out: unless there are none, trades side by side may have had others between them. */
  readonly unreadable: number;
}

/** Where trades and candles of the past are fetched. Everything may reject: with a fault, or with a signal's reason. */
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
