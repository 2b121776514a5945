import { ema } from "./averages.ts";
import { factor, indicatorKind, period, settling, wilderSettling } from "./indicator_kind.ts";
import { averageTrueRange } from "./true_range.ts";

/**
 * Keltner channels in Linda Raschke's version: an exponential average, and average true ranges
 * around it.
 */
export const keltner = indicatorKind({
  name: "keltner",
  title: "Keltner channels",
  short: "Keltner",
  pane: "price",
  unit: "price",
  inputs: { period: period(20), ranges: factor(2, "ranges"), atr: period(10, "range period") },
  fill: [1, 2],
  warmUp: ({ period, atr }) => Math.max(settling(period), wilderSettling(atr)),
  compute(sheet, { period, ranges, atr }) {
    const middle = ema(sheet, sheet.close, period);
    const range = averageTrueRange(sheet, atr);
    return [
      { column: middle, style: "faint" },
      { column: sheet.combine([middle, range], (at, wide) => at + ranges * wide), style: "line" },
      { column: sheet.combine([middle, range], (at, wide) => at - ranges * wide), style: "line" },
    ];
  },
});
