import { dayCandles, dayVwap } from "./day_vwap.ts";
import { factor, indicatorKind } from "./indicator_kind.ts";

/** The volume-weighted average price of the day, and standard deviations around it. */
export const vwapBands = indicatorKind({
  name: "vwapbands",
  title: "VWAP bands of the day",
  short: "VWAP bands",
  pane: "price",
  unit: "price",
  inputs: { deviations: factor(2, "deviations") },
  fill: [1, 2],
  warmUp: (_, candleSeconds) => dayCandles(candleSeconds),
  compute(sheet, { deviations }) {
    const { average, deviation } = dayVwap(sheet);
    const band = (factor: number) =>
      sheet.combine([average, deviation], (mean, wide) => mean + factor * wide);
    return [
      { column: average, style: "line" },
      { column: band(deviations), style: "faint" },
      { column: band(-deviations), style: "faint" },
    ];
  },
});
