import type { ExchangeProduct } from "./exchange_product.ts";
import type { TradeSource, Urgency } from "./trade_source.ts";

/** How requests have fared. */
export interface RestStats {
  /** Attempts, first ones and retries, by how they ended: `ok`, `timeout`, `network`, `broken_body`, `http_503`, … */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** What is requested of an exchange rather than streamed. All requests share one rate and one queue. */
export interface ExchangeRest extends TradeSource {
  /** All spot products. */
  products(urgency?: Urgency): Promise<ExchangeProduct[]>;
  stats(): RestStats;
}
