import { sma } from "./averages.ts";
import { highest, lowest } from "./extremes.ts";
import { type IndicatorInput, indicatorKind, period } from "./indicator_kind.ts";

/** Averaged over one candle, it is the fast stochastic. */
const smoothing = (usual: number, title: string): IndicatorInput => ({
  ...period(usual, title),
  least: 1,
});

/** Lane's stochastic oscillator: where the close is between a period's lowest low and highest high; 50 where they meet. */
export const stochastic = indicatorKind({
  name: "stoch",
  title: "Stochastic",
  short: "Stochastic",
  pane: "own",
  unit: "index",
  inputs: { period: period(14), slowing: smoothing(3, "slowing"), signal: smoothing(3, "signal") },
  levels: [20, 80],
  warmUp: ({ period, slowing, signal }) => period + slowing + signal - 3,
  compute(sheet, { period, slowing, signal }) {
    const ends = [highest(sheet, sheet.high, period), lowest(sheet, sheet.low, period)];
    const place = sheet.combine(
      [sheet.close, ...ends],
      (close, high, low) => high === low ? 50 : 100 * (close - low) / (high - low),
    );
    const slow = sma(sheet, place, slowing);
    return [
      { column: slow, style: "line" },
      { column: sma(sheet, slow, signal), style: "faint", ink: 1 },
    ];
  },
});
