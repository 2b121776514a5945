import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { GapKeeper } from "./gap_book.ts";
import type { PastWindow } from "./past_candles.ts";
import type { ProvenStart } from "./restore.ts";

/** The part of the database that the walk through the past uses. Everything rejects while the database is down. */
export interface PastStore {
  /** Resolves with true once the database holds all that was published before; with false if that takes too long. */
  isCaughtUp(signal: AbortSignal): Promise<boolean>;
  /** Every stored candle of a product that starts within, and the minutes next to them on both sides. */
  around(productId: ProductId, from: EpochSeconds, to: EpochSeconds): Promise<readonly Candle[]>;
  /** The stored candles of a window, and the minutes and hours next to it on both sides. */
  beside(productId: ProductId, window: PastWindow): Promise<readonly Candle[]>;
  readonly gaps: Pick<GapKeeper, "open">;
  /** Stores candles that were never published. A lower state never replaces a higher one. */
  storePast(candles: readonly Candle[]): Promise<unknown>;
  /** Records from when on a product's trades are known, and published. Only earlier times replace recorded ones. */
  rememberProven(productId: ProductId, proven: ProvenStart): Promise<void>;
}
