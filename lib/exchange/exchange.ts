import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeRest } from "./exchange_rest.ts";
import type { TradeFeed } from "./trade_feed.ts";

/** Where log lines go; a LogTape logger fits. */
export interface ExchangeLog {
  debug(message: string, properties?: Record<string, unknown>): void;
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
}

/** What every exchange is opened with, beside its own settings. */
export interface ExchangeOptions {
  readonly log: ExchangeLog;
  /** Called with what the exchange sent and was not understood, by reason. */
  onDropped(reason: string, count: number): void;
  /** Rejects every pending and every later request. Feeds are closed separately. */
  readonly signal: AbortSignal;
}

/**
 * All that the other rooms know of an exchange: a feed of trades, and requests for the past and the
 * catalogue. Product ids are the exchange's own.
 */
export interface Exchange {
  /** The granularities of the candles that it computes itself; the others are merged here. */
  readonly granularities: readonly Granularity[];
  readonly rest: ExchangeRest;
  /** Connects. Rejects if the settings do not allow it. The caller closes the feed. */
  openFeed(products: readonly ProductId[]): Promise<TradeFeed>;
}
