import { ema as average } from "./averages.ts";
import { indicatorKind, period, settling } from "./indicator_kind.ts";

/** The exponential moving average. */
export const ema = indicatorKind({
  name: "ema",
  title: "Moving average (EMA)",
  short: "EMA",
  pane: "price",
  unit: "price",
  inputs: { period: period(21) },
  warmUp: ({ period }) => settling(period),
  compute: (sheet, { period }) => [
    { column: average(sheet, sheet.close, period), style: "line" },
  ],
});
