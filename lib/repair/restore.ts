import type { Aggregator } from "../candles/aggregator.ts";
import type { Candle } from "../candles/candle.ts";
import { compareStates } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Anchor } from "../candles/known_past.ts";

/** What earlier runs left. */
export interface Known {
  /** The key-value bucket's candles, live or closed. */
  readonly current: readonly Candle[];
  /** Closed candles that the stream has and the database may not have yet, in the stream's order. */
  readonly tail: AsyncIterable<Candle> | Iterable<Candle>;
  /** The database's closed candles of the hours (and days, for large ones) before each product's newest. */
  readonly stored: readonly Candle[];
  /** False while the database is down: then `stored` is empty. */
  readonly isStoredRead: boolean;
  /** From when on each product's candles are all in the database, except for gaps, and a trade before that. */
  readonly provenFrom: ReadonlyMap<ProductId, ProvenStart>;
  /** Stretches of the past in which candles are not proven, or trades missing: epoch milliseconds. */
  readonly doubts: readonly Doubt[];
}

/** Where a product's proven past begins. */
export interface ProvenStart {
  readonly from: EpochSeconds;
  /** A trade before that; null if none is known. */
  readonly tradeId: number | null;
  /** Candles that end later may have been published; absent if none is known to be. */
  readonly publishedFrom?: EpochSeconds;
  /** When to request older trades again, after the exchange showed none (epoch milliseconds); 0 if it shows them. */
  readonly hiddenUntilMs?: number;
}

/** The trade from which on a product's past is proven; null if unknown. */
export function anchorOf(proven: ProvenStart | null): Anchor | null {
  if (proven === null || proven.tradeId === null) return null;
  return { tradeId: proven.tradeId, before: proven.from };
}

/** A stretch of a product's past that is not proven. */
export interface Doubt {
  readonly productId: ProductId;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Lets aggregators resume where an earlier run ended: of each candle the highest state known anywhere counts, so that
 * revisions continue and no better candle is overwritten. Products that are not `followed` are left out. Returns the
 * closed candles that neither the stream nor the database has in their published state, because a backup was restored
 * or a stream was lost.
 */
export async function restore(
  aggregator: Aggregator,
  followed: ReadonlySet<ProductId>,
  known: Known,
): Promise<readonly Candle[]> {
  const lost: Candle[] = [];
  const byProduct = new Map<ProductId, Map<string, Candle>>();
  const add = (candle: Candle) => {
    if (!followed.has(candle.productId)) return false;
    const candles = byProduct.getOrInsertComputed(candle.productId, () => new Map());
    const name = `${candle.granularity} ${candle.start}`;
    const held = candles.get(name);
    // Of equal states the later one counts, since live values of equal rank come in order.
    const order = held === undefined ? 1 : compareStates(candle, held);
    if (order >= 0) candles.set(name, candle);
    return order > 0;
  };
  for (const candle of known.stored) add(candle);
  for await (const candle of known.tail) add(candle);
  for (const candle of known.current) {
    if (add(candle) && candle.isComplete && known.isStoredRead) lost.push(candle);
  }
  for (const productId of new Set([...byProduct.keys(), ...known.provenFrom.keys()])) {
    if (!followed.has(productId)) continue;
    const candles = byProduct.get(productId) ?? new Map<string, Candle>();
    const ascending = [...candles.values()].sort((a, b) => a.start - b.start);
    const proven = known.provenFrom.get(productId) ?? null;
    const anchor = anchorOf(proven);
    aggregator.of(productId).restore(
      ascending,
      proven?.from ?? null,
      anchor && { ...anchor, yields: true },
    );
  }
  return lost;
}
