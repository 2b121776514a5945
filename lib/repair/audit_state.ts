import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";

/**
 * Results of comparing our exact candles with the exchange's own; plain values, for pages and
 * metrics.
 */
export interface AuditState {
  /** Since the start. */
  readonly counts: {
    readonly equal: number;
    readonly different: number;
    /** Differences that were confirmed when compared again, and those that were resolved. */
    readonly confirmed: number;
    readonly resolved: number;
  };
  /** Unresolved differences, including those of earlier runs. */
  readonly standing: number;
  /** The newest few of them. */
  readonly newest: readonly AuditDifference[];
}

/** One difference, in words. */
export interface AuditDifference {
  readonly product: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  /** Open, high, low, close and volume; null where there is no candle. */
  readonly ours: string | null;
  readonly exchanges: string | null;
  readonly state: "open" | "confirmed" | "resolved";
}
