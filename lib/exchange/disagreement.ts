import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeValues } from "./exchange_candle.ts";

/** A bucket in which an exact candle and the exchange's own differ. Null where one of them is missing. */
export interface Disagreement {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  readonly start: EpochSeconds;
  readonly ours: ExchangeValues | null;
  readonly exchanges: ExchangeValues | null;
}

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
