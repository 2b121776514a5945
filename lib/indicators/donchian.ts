import { highest, lowest } from "./extremes.ts";
import { indicatorKind, period } from "./indicator_kind.ts";

/** Donchian channels: the highest high and the lowest low of a period, and the middle between them. */
export const donchian = indicatorKind({
  name: "donchian",
  title: "Donchian channels",
  short: "Donchian",
  pane: "price",
  unit: "price",
  inputs: { period: period(20) },
  fill: [1, 2],
  warmUp: ({ period }) => period - 1,
  compute(sheet, { period }) {
    const upper = highest(sheet, sheet.high, period);
    const lower = lowest(sheet, sheet.low, period);
    return [
      { column: sheet.combine([upper, lower], (high, low) => (high + low) / 2), style: "faint" },
      { column: upper, style: "line" },
      { column: lower, style: "line" },
    ];
  },
});
