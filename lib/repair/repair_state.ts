import type { AuditState } from "./audit_state.ts";
import type { PastCounts } from "./past_walk.ts";
import type { PageClass } from "./planner.ts";

/** The number of missing candles and trades, and the progress of their repair. */
export interface RepairState {
  readonly gapsOpen: number;
  readonly gapsOpened: number;
  readonly gapsRepaired: number;
  /** Open gaps whose trades the exchange did not show at the last request. */
  readonly gapsUnrepairable: number;
  /** Stretches of products' days, older than memory, that wait to be repaired. */
  readonly daysWaiting: number;
  /** The past that is to be rebuilt from trades. */
  readonly past: PastCounts;
  /** Products whose live candles are not complete yet; `/readyz` and the dashboards know it by this name. */
  readonly unseeded: number;
  /**
   * How many products have a wanted page from the exchange, by its class, the most urgent first.
   */
  readonly pages: Readonly<Record<PageClass, number>>;
  /** How long ago the oldest open gap ended; null if none is open. */
  readonly oldestGapMs: number | null;
  /** Results of comparing exact candles with the exchange's own. */
  readonly audit: AuditState;
}
