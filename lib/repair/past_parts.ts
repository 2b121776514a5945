import type { Candle } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import type { TradeSource } from "../exchange/trade_source.ts";
import type { Clock } from "../time/clock.ts";
import type { PastStore } from "./past_store.ts";
import type { ProvenStart } from "./restore.ts";

/** Delay where the database does not have yet what was published, or memory has not released older minutes yet. */
export const EARLY_MS = 4_000;

/** The state of a product that the walk through its past needs. */
export interface PastOf {
  /** The aggregator that holds its current hours; null where nothing is live. */
  readonly live: ProductAggregator | null;
  /** From here on candles are derived in memory. */
  readonly heldFrom: number;
  /** Where its proven past begins; null if unknown. */
  readonly proven: ProvenStart | null;
  /** Whether the database has all candles since. */
  readonly isStored: boolean;
  /** Everything from here on is to be proven; Infinity if nothing below the proven past is. */
  readonly horizon: number;
  /** The earliest start of a granularity by its retention. */
  keptFrom(granularity: Granularity): number;
}

export interface PastParts {
  readonly source: TradeSource;
  readonly store: PastStore;
  of(productId: ProductId): PastOf;
  readonly clock: Pick<Clock, "now" | "wallMs">;
  /** Publishes candles that were published before, in a better state. */
  publish(productId: ProductId, candles: readonly Candle[]): void;
  /** Hours of a day in memory have improved. */
  onChanged(product: ProductAggregator): void;
  /** A candle has replaced the exchange's own in the database. */
  onReplaced(placeholder: Candle, candle: Candle): void;
  /** The proven past begins earlier now. */
  onProven(productId: ProductId, proven: ProvenStart): void;
  /** A page failed, and is retried after `waitMs`. */
  onProblem(productId: ProductId, waitMs: number, error: unknown): void;
}
