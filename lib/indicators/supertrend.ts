import { factor, indicatorKind, period, wilderSettling } from "./indicator_kind.ts";
import type { Column, Sheet } from "./sheet.ts";
import { averageTrueRange } from "./true_range.ts";

/**
 * SuperTrend: a line some average true ranges below a rising and above a falling price, that never gives way and
 * changes sides when a close crosses it.
 */
export const supertrend = indicatorKind({
  name: "supertrend",
  title: "SuperTrend",
  short: "SuperTrend",
  pane: "price",
  unit: "price",
  inputs: { period: period(10), ranges: factor(3, "ranges") },
  warmUp: ({ period }) => wilderSettling(period),
  compute(sheet, { period, ranges }) {
    const range = averageTrueRange(sheet, period);
    const upper = stop(sheet, range, ranges);
    const lower = stop(sheet, range, -ranges);
    const side = sheet.column((index, own) => {
      const [close, above, below] = [sheet.close.at(index), upper.at(index), lower.at(index)];
      if (close === null || above === null || below === null) return null;
      return own.at(index - 1) === 1 ? (close >= below ? 1 : -1) : close > above ? 1 : -1;
    });
    const line = sheet.combine([side, upper, lower], (at, above, below) => at > 0 ? below : above);
    return [{ column: line, style: "line", trend: side }];
  },
});

/** The line at that many ranges from the middle; it only comes nearer, until a close has crossed it. */
function stop(sheet: Sheet, range: Column, ranges: number): Column {
  const sign = Math.sign(ranges);
  return sheet.column((index, own) => {
    const candle = sheet.candle(index);
    const wide = range.at(index);
    if (candle === null || wide === null) return null;
    const next = (candle.high + candle.low) / 2 + ranges * wide;
    const before = own.at(index - 1);
    const close = sheet.close.at(index - 1);
    if (before === null || close === null) return next;
    return (next - before) * sign < 0 || (close - before) * sign > 0 ? next : before;
  });
}
