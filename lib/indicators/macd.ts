import { ema } from "./averages.ts";
import { indicatorKind, period, settling } from "./indicator_kind.ts";

/**
 * The moving average convergence/divergence: how far a fast average is from a slow one, that distance's own average, and
 * the difference of both.
 */
export const macd = indicatorKind({
  name: "macd",
  title: "MACD",
  short: "MACD",
  pane: "own",
  unit: "price",
  inputs: {
    fast: period(12, "fast period"),
    slow: period(26, "slow period"),
    signal: period(9, "signal period"),
  },
  refuse: ({ fast, slow }) => fast < slow ? null : "the fast period has to be below the slow one",
  warmUp: ({ slow, signal }) => settling(slow) + settling(signal),
  compute(sheet, { fast, slow, signal }) {
    const less = (one: number, other: number) => one - other;
    const averages = [ema(sheet, sheet.close, fast), ema(sheet, sheet.close, slow)];
    const distance = sheet.combine(averages, less);
    const average = ema(sheet, distance, signal);
    const histogram = sheet.combine([distance, average], less);
    return [
      { column: histogram, style: "columns", trend: histogram },
      { column: distance, style: "line" },
      { column: average, style: "faint", ink: 1 },
    ];
  },
});
