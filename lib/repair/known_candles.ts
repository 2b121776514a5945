import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { estimateOf, type ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { Urgency } from "../exchange/trade_source.ts";
import type { CandleSource } from "./day_placeholders.ts";

/** Candles of one product and granularity that start in `start` ≤ … < `end`. */
export interface CandleRange {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
}

/** Storage of the exchange's candles that were requested before. Everything rejects while the database is down. */
export interface KeptCandles {
  /** The kept candles of a range, ascending; null if some of it was never requested. */
  read(range: CandleRange): Promise<readonly Candle[] | null>;
  /** Stores all candles of a range; returns how many were written. */
  keep(range: CandleRange, candles: readonly Candle[]): Promise<number>;
  /** The parts of a range that were never requested, the newest first. */
  missing(range: CandleRange): Promise<readonly CandleRange[]>;
}

/**
 * A source of the exchange's candles that requests each range once: ranges that an earlier run or a chart's past has
 * requested are read from the database.
 */
export class KnownCandles implements CandleSource {
  constructor(
    private readonly source: CandleSource,
    private readonly kept: KeptCandles,
  ) {}

  async candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
    urgency: Urgency = {},
  ): Promise<readonly ExchangeCandle[]> {
    const range = { productId, granularity, start, end };
    const known = await this.kept.read(range).catch(() => null);
    // A candle built from some of its trades only is worse than the exchange's own.
    if (known?.every(({ exact, trades }) => exact || trades === null)) return known;
    const candles = await this.source.candles(productId, granularity, start, end, urgency);
    await this.kept.keep(range, candles.map(estimateOf)).catch(() => {});
    return candles;
  }
}
