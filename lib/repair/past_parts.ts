import type { Candle } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import type { PastStore } from "./past_store.ts";
import type { ProvenStart } from "./restore.ts";

/** The database has not yet what was published, or memory has not yet let go of what is older: so much later it may. */
export const EARLY_MS = 4_000;

/** What is known of a product while its past is walked. */
export interface PastOf {
  /** The aggregator that holds its current hours; null where nothing is live. */
  readonly live: ProductAggregator | null;
  /** From here on it is made elsewhere, in memory. */
  readonly heldFrom: number;
  /** Where its proven past begins; null if that is not known. */
  readonly proven: ProvenStart | null;
  /** All from here on is to be proven; Infinity if nothing below the proven past is. */
  readonly horizon: number;
  /** The first start of a granularity that is kept. */
  keptFrom(granularity: Granularity): number;
}

/** What the walk through the past works with. */
export interface PastParts {
  readonly source: TradeSource;
  readonly store: PastStore;
  of(productId: ProductId): PastOf;
  /** The planner's clock, in milliseconds. */
  now(): number;
  /** The date, in epoch milliseconds. */
  wallMs(): number;
  /** Hands over candles that were published before, in a better state. */
  publish(productId: ProductId, candles: readonly Candle[]): void;
  /** Hours of a day that memory holds are better now. */
  onChanged(product: ProductAggregator): void;
  /** The exchange's own candle was stored where this one is now. */
  onReplaced(placeholder: Candle, candle: Candle): void;
  /** The proven past begins earlier now. */
  onProven(productId: ProductId, proven: ProvenStart): void;
  /** A page failed, and is retried so much later. */
  onProblem(productId: ProductId, waitMs: number, error: unknown): void;
}
