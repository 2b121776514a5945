import { sma as average } from "./averages.ts";
import { indicatorKind, period } from "./indicator_kind.ts";

/** The simple moving average. */
export const sma = indicatorKind({
  name: "sma",
  title: "Moving average (SMA)",
  short: "SMA",
  pane: "price",
  unit: "price",
  inputs: { period: period(20) },
  warmUp: ({ period }) => period - 1,
  compute: (sheet, { period }) => [
    { column: average(sheet, sheet.close, period), style: "line" },
  ],
});
