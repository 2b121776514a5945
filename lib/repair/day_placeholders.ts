import {
  bucketEnd,
  bucketStart,
  containingStart,
  type EpochSeconds,
  type Granularity,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ProductAggregator } from "../candles/product_aggregator.ts";
import { estimateOf, type ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { TradeSource, Urgency } from "../exchange/trade_source.ts";
import { liveClass, type LiveParts } from "./live_walk.ts";
import type { PageSource, PageWork } from "./planner.ts";

/** The source of the exchange's candles. */
export type CandleSource = Pick<TradeSource, "candles">;

interface DayPlaceholdersParts extends Omit<LiveParts, "source"> {
  readonly source: CandleSource;
  /** Whether few pages bring all trades of a product from an instant on. */
  comesSoon(productId: ProductId, from: EpochSeconds): boolean;
}

/** How long to wait for trades that are expected soon. */
const SOON_MS = 120_000;

/**
 * Uses the exchange's candles for the part of a product's day before its first trades in memory, so that its longer
 * live candles can be shown before they are proven.
 */
export class DayPlaceholders implements PageSource {
  readonly #parts: DayPlaceholdersParts;
  readonly #sinceMs = new Map<ProductId, number>();

  constructor(parts: DayPlaceholdersParts) {
    this.#parts = parts;
  }

  next(productId: ProductId, nowMs: number): PageWork | null {
    const product = this.#parts.live(productId);
    if (product === null || product.newest === null) return null;
    const day = bucketStart(product.newest.toTimeMs, "ONE_DAY");
    if (product.coverage.coveredFrom <= day) {
      this.drop(productId);
      return null;
    }
    const sinceMs = this.#sinceMs.get(productId) ?? nowMs;
    this.#sinceMs.set(productId, sinceMs);
    const wanted = this.#parts.wanted(productId);
    const isNamed = liveClass(wanted) === "named";
    const isSoon = !isNamed && this.#parts.comesSoon(productId, day);
    return {
      class: liveClass(wanted),
      // After every page of trades of what streams name.
      value: 0,
      dueMs: sinceMs + (isSoon ? SOON_MS : 0),
      run: async (signal) => {
        await pinBefore(product, day, this.#parts.source, { signal });
        this.#parts.onChanged(product);
      },
    };
  }

  drop(productId: ProductId): void {
    this.#sinceMs.delete(productId);
  }
}

/** Uses the exchange's candles for the part of a day before the product's first trades, if there are any. */
export async function pinBefore(
  product: ProductAggregator,
  day: EpochSeconds,
  source: CandleSource,
  urgency: Urgency,
): Promise<void> {
  const candles = async (granularity: Granularity, start: EpochSeconds, end: EpochSeconds) =>
    start < end ? await source.candles(product.productId, granularity, start, end, urgency) : [];
  let large: readonly ExchangeCandle[];
  let small: readonly ExchangeCandle[];
  let until: EpochSeconds;
  do {
    until = unknownUntil(product);
    if (!Number.isFinite(until)) return;
    const fives = containingStart(until, "FIVE_MINUTE");
    [large, small] = await Promise.all([
      candles("FIVE_MINUTE", day, fives),
      candles("ONE_MINUTE", Math.max(day, fives) as EpochSeconds, until),
    ]);
    // During the request minutes may have left memory.
  } while (unknownUntil(product) > until);
  product.pin([...large, ...small].map(estimateOf), day);
}

/**
 * The time up to which nothing of a product is in memory. The hour in which its trades begin can only be derived from
 * its minutes: once they have left memory, all of it is unknown.
 */
function unknownUntil({ coverage: { tradesFrom, heldFrom } }: ProductAggregator): EpochSeconds {
  const from = tradesFrom as EpochSeconds;
  if (!Number.isFinite(tradesFrom)) return from;
  const hour = containingStart(from, "ONE_HOUR");
  const isForgotten = hour < tradesFrom && heldFrom > hour;
  return isForgotten ? bucketEnd(hour, "ONE_HOUR") : from;
}
