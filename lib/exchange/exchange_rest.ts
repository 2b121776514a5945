import type { ExchangeProduct } from "./exchange_product.ts";
import type { TradeSource, Urgency } from "./trade_source.ts";

/** Counts of requests by outcome. */
export interface RestStats {
  /** Attempts, first ones and retries, by how they ended: `ok`, `timeout`, `network`, `broken_body`, `http_503`, … */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** The exchange's REST interface. All requests share one rate and one queue. */
export interface ExchangeRest extends TradeSource {
  /** All spot products. */
  products(urgency?: Urgency): Promise<ExchangeProduct[]>;
  stats(): RestStats;
}
