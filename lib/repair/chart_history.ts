import {
  containingStart,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { inTurn, MissingHistory, type Piece, PIECE_CANDLES } from "./missing_history.ts";

/** What is known of a product's past. */
export interface PastOf {
  /** The granularities that the exchange has candles of. */
  readonly granularities: readonly Granularity[];
  /** From when on its trades are known; null if that is not known (or no longer). */
  readonly before: (productId: ProductId) => Promise<EpochSeconds | null>;
  /** Days for which a granularity is kept; for ever if it is absent. */
  readonly keptDays: ReadonlyMap<Granularity, number>;
  /** The parts of a stretch that were not asked of the exchange yet, the newest first. */
  readonly missing: (
    productId: ProductId,
    granularity: Granularity,
    stretch: { readonly start: EpochSeconds; readonly end: EpochSeconds },
  ) => Promise<readonly { readonly start: EpochSeconds; readonly end: EpochSeconds }[]>;
  /** How many candles are stored that start in `start` ≤ … < `end`. */
  readonly count: (
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ) => Promise<number>;
}

/**
 * What charts lack of the last `days`, and of one page of every granularity whatever that is in days: first the newest
 * page of everything, product after product, then what is older. Pieces that are stored whole are left out.
 */
export async function* missingCharts(
  productIds: readonly ProductId[],
  days: number,
  past: PastOf,
): AsyncGenerator<Piece> {
  const histories: MissingHistory[] = [];
  for (const productId of productIds) {
    const before = await past.before(productId);
    if (before === null) continue;
    for (const granularity of past.granularities) {
      const history = await missingOf(productId, granularity, before, days, past);
      histories.push(history);
      const newest = history.next();
      if (newest !== null && !await isWhole(newest, past)) yield newest;
    }
  }
  for (const piece of inTurn(histories)) {
    if (!await isWhole(piece, past)) yield piece;
  }
}

async function missingOf(
  productId: ProductId,
  granularity: Granularity,
  before: EpochSeconds,
  days: number,
  past: PastOf,
): Promise<MissingHistory> {
  const seconds = GRANULARITY_SECONDS[granularity];
  const end = containingStart(before, granularity);
  const oldest = Math.max(0, before - days * GRANULARITY_SECONDS.ONE_DAY) as EpochSeconds;
  const page = end - PIECE_CANDLES * seconds;
  const wanted = Math.min(page, containingStart(oldest, granularity));
  const keptDays = past.keptDays.get(granularity) ?? Infinity;
  const kept = before - keptDays * GRANULARITY_SECONDS.ONE_DAY;
  const start = (wanted >= kept ? wanted : Math.ceil(kept / seconds) * seconds) as EpochSeconds;
  const stretches = await past.missing(productId, granularity, { start, end });
  return new MissingHistory(productId, granularity, stretches);
}

async function isWhole(
  { productId, granularity, start, end }: Piece,
  past: PastOf,
): Promise<boolean> {
  const stored = await past.count(productId, granularity, start, end);
  return stored >= (end - start) / GRANULARITY_SECONDS[granularity];
}
