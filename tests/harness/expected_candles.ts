import {
  GRANULARITIES,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../../lib/candles/granularity.ts";
import type { ExchangeSimulator, TruthCandle } from "../../lib/exchange_simulator/mod.ts";

/** What the exchange's trades make of one product. */
export interface ExpectedProduct {
  readonly productId: string;
  /** Candles that start before are older than the trades known, and cannot be judged. Epoch seconds. */
  readonly from: number;
  /** The exchange's newest trade: nothing proves yet that its candles are complete. */
  readonly newestTradeId: number;
  /** By `candleName`: every candle that ends at or before a moment. */
  readonly closed: ReadonlyMap<string, TruthCandle>;
}

/** Names a product's candle: `FIVE_MINUTE 1775571600`. */
export function candleName(granularity: Granularity, start: number): string {
  return `${granularity} ${start}`;
}

/** Every product's candles of all granularities that end at or before `through`, epoch seconds. */
export function expectedCandles(exchange: ExchangeSimulator, through: number): ExpectedProduct[] {
  return exchange.products.map((productId) => {
    const minutes = exchange.truth.candles(productId, 60, 0, Infinity);
    const from = minutes[0]?.start ?? Infinity;
    const closed = new Map<string, TruthCandle>();
    for (const granularity of GRANULARITIES) {
      const seconds = GRANULARITY_SECONDS[granularity];
      const first = Math.ceil(from / seconds) * seconds;
      for (const candle of exchange.truth.candles(productId, seconds, first, through)) {
        if (candle.start + seconds > through) continue;
        closed.set(candleName(granularity, candle.start), candle);
      }
    }
    return { productId, from, newestTradeId: minutes.at(-1)?.lastTradeId ?? 0, closed };
  });
}

/** The candle of each granularity that holds a product's newest trade, where all its trades are known. */
export function newestCandles(
  exchange: ExchangeSimulator,
  productId: string,
): Map<Granularity, TruthCandle> {
  const minutes = exchange.truth.candles(productId, 60, 0, Infinity);
  const [oldest] = minutes;
  const newest = minutes.at(-1);
  const candles = new Map<Granularity, TruthCandle>();
  if (oldest === undefined || newest === undefined) return candles;
  for (const granularity of GRANULARITIES) {
    const seconds = GRANULARITY_SECONDS[granularity];
    const start = newest.start - newest.start % seconds;
    if (start < oldest.start) continue;
    const [candle] = exchange.truth.candles(productId, seconds, start, start + seconds);
    if (candle !== undefined) candles.set(granularity, candle);
  }
  return candles;
}
