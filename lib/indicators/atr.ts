import { indicatorKind, period, wilderSettling } from "./indicator_kind.ts";
import { averageTrueRange } from "./true_range.ts";

/** Wilder's average true range. */
export const atr = indicatorKind({
  name: "atr",
  title: "Average true range (ATR)",
  short: "ATR",
  pane: "own",
  unit: "price",
  inputs: { period: period(14) },
  warmUp: ({ period }) => wilderSettling(period),
  compute: (sheet, { period }) => [{ column: averageTrueRange(sheet, period), style: "line" }],
});
