import type { Pane } from "./indicator_kind.ts";

/**
 * An indicator with its settings, as a page passes it to its scripts: writing it does not need the
 * table.
 */
export interface Indicator {
  /** A name of the table. */
  readonly kind: string;
  /** In the order in which they are written: `ema:21`, `bb:20:2`, `vwap`, `macd:12:26:9`. */
  readonly settings: readonly number[];
  readonly pane: Pane;
}

/** Writes a list as `parseIndicators` reads it. */
export function writeIndicators(indicators: readonly Indicator[]): string {
  return indicators.map(writeIndicator).join(",");
}

/** One indicator with all its settings: also its name in texts that programs compare. */
export function writeIndicator({ kind, settings }: Indicator): string {
  return [kind, ...settings].join(":");
}
