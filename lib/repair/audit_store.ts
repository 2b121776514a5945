import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { Disagreement } from "./audit_comparison.ts";

/** A stretch of a product's candles of one granularity, all exact ones of which were compared. */
export interface AuditedStretch {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly from: EpochSeconds;
  /** Exclusive. */
  readonly until: EpochSeconds;
}

/** A disagreement with its state. */
export interface KeptDisagreement extends Disagreement {
  /** `open`: to be compared once more; `confirmed`: it differed again; `resolved`: the exchange has revised its own. */
  readonly state: "open" | "confirmed" | "resolved";
  /** Epoch milliseconds. */
  readonly foundMs: number;
}

/** Changes that an audit stores. */
export interface AuditChanges {
  readonly stretches: readonly AuditedStretch[];
  /** Candles compared since the last change. */
  readonly counts: readonly {
    readonly productId: ProductId;
    readonly granularity: Granularity;
    readonly equal: number;
    readonly different: number;
  }[];
  readonly disagreements: readonly KeptDisagreement[];
}

/** The part of the database that the audit uses. Everything rejects while the database is away. */
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
