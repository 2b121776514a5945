import type { Aggregator } from "../candles/aggregator.ts";
import type { Candle } from "../candles/candle.ts";
import { compareStates } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/** What is known of earlier runs. */
export interface Known {
  /** The key-value bucket's candles, live or closed. */
  readonly current: readonly Candle[];
  /** Closed candles that the stream has and the database may not have yet, in the stream's order. */
  readonly tail: AsyncIterable<Candle> | Iterable<Candle>;
  /** The database's closed candles of the hours (and days, for large ones) before each product's newest. */
  readonly stored: readonly Candle[];
  /** From when on each product's candles are all in the database, gaps apart. */
  readonly provenFrom: ReadonlyMap<ProductId, EpochSeconds>;
  /** Stretches of the past in which candles are not proven, or trades missing: epoch milliseconds. */
  readonly doubts: readonly Doubt[];
}

/** A stretch of a product's past that is not proven. */
export interface Doubt {
  readonly productId: ProductId;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Makes aggregators go on where an earlier run ended: of each candle the highest state known anywhere counts, so that
 * revisions continue and nothing good is overwritten. Products that are not `followed` are left out.
 */
export async function restore(
  aggregator: Aggregator,
  followed: ReadonlySet<ProductId>,
  known: Known,
): Promise<void> {
  const byProduct = new Map<ProductId, Map<string, Candle>>();
  const add = (candle: Candle) => {
    if (!followed.has(candle.productId)) return;
    let candles = byProduct.get(candle.productId);
    if (candles === undefined) byProduct.set(candle.productId, candles = new Map());
    const name = `${candle.granularity} ${candle.start}`;
    const held = candles.get(name);
    // The same state twice: the later one, since live values of equal rank come in order.
    if (held === undefined || compareStates(candle, held) >= 0) candles.set(name, candle);
  };
  for (const candle of known.stored) add(candle);
  for await (const candle of known.tail) add(candle);
  for (const candle of known.current) add(candle);
  for (const [productId, candles] of byProduct) {
    const ascending = [...candles.values()].sort((a, b) => a.start - b.start);
    aggregator.of(productId).restore(ascending, known.provenFrom.get(productId) ?? null);
  }
}
