import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { AuditChanges, AuditedStretch, KeptDisagreement } from "../exchange/disagreement.ts";

/** The part of the database that the audit uses. Everything rejects while the database is down. */
export interface AuditStore {
  /** Our stored candles that start in `start` ≤ … < `end`, ascending. */
  candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<readonly Candle[]>;
  /** What earlier runs have audited, and the newest disagreements that are not resolved, at most `limit`. */
  read(limit: number): Promise<{
    readonly stretches: readonly AuditedStretch[];
    readonly disagreements: readonly KeptDisagreement[];
  }>;
  /** Writes all of it in one transaction. */
  write(changes: AuditChanges): Promise<void>;
}
