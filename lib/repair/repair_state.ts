/** What is known to be missing, and what becomes of it. */
export interface RepairState {
  readonly gapsOpen: number;
  readonly gapsOpened: number;
  readonly gapsRepaired: number;
  /** Of the open ones: those whose trades the exchange did not show when they were last asked for. */
  readonly gapsUnrepairable: number;
  /** Products' days older than memory that wait to be repaired. */
  readonly daysWaiting: number;
  /** Products whose running candles are not complete yet. */
  readonly unseeded: number;
}
