import type { Candle, CandleKey } from "../candles/candle.ts";
import type { Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Config } from "../config.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { CurrentCandlesBus } from "./current_candles.ts";
import type { Clock } from "../time/clock.ts";
import type { RepairStore } from "../repair/repairs.ts";
import type { Known } from "../repair/restore.ts";
import type { TradeSource } from "../exchange/trade_source.ts";

/** Where live candles go. */
export interface LiveBus extends CurrentCandlesBus {
  publishLive(key: CandleKey, bytes: Uint8Array): void;
}

/** Receives closed candles and delivers them in order, without loss. */
export interface ClosedSink {
  /** Candles not acknowledged yet. */
  readonly pending: number;
  enqueue(candle: Candle, bytes: Uint8Array): void;
}

/** All that ingest works with; it opens and closes none of it. */
export interface IngestParts {
  readonly config: Pick<
    Config,
    | "closeGraceMs"
    | "liveIntervalMs"
    | "repairMaxTrades"
    | "exactDays"
    | "backfillDays"
    | "retentionDays"
  >;
  readonly bus: LiveBus;
  readonly closed: ClosedSink;
  readonly exchange: TradeSource;
  /** The granularities of the candles that the exchange computes itself. */
  readonly granularities: readonly Granularity[];
  readonly repairs: RepairStore;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Uniform in [0, 1): jitter for retries. */
  readonly random?: () => number;
  /** The demand for a product: 0 to 9, higher for those that streams name. */
  wanted(productId: ProductId): number;
  /** Called when more of the last days has been stored. */
  onHistory(): void;
  /** Reads what earlier runs left. */
  readKnown(productIds: readonly ProductId[]): Promise<Known>;
}
