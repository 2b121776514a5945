import { wilder } from "./averages.ts";
import { indicatorKind, period, wilderSettling } from "./indicator_kind.ts";
import type { Column, Sheet } from "./sheet.ts";
import { trueRange } from "./true_range.ts";

/** Wilder's directional movement: the average directional index, and the rising and falling indicators it is of. */
export const adx = indicatorKind({
  name: "adx",
  title: "Directional movement (ADX)",
  short: "ADX",
  pane: "own",
  unit: "index",
  inputs: { period: period(14) },
  levels: [25],
  warmUp: ({ period }) => 2 * wilderSettling(period),
  compute(sheet, { period }) {
    const full = trueRange(sheet);
    // The first candle has no movement, and its range no close before it: neither counts.
    const range = wilder(
      sheet,
      sheet.column((index) => index === 0 ? null : full.at(index)),
      period,
    );
    const share = (movement: Column) =>
      sheet.combine(
        [wilder(sheet, movement, period), range],
        (moved, wide) => wide === 0 ? 0 : 100 * moved / wide,
      );
    const up = share(movement(sheet, 1));
    const down = share(movement(sheet, -1));
    const spread = sheet.combine(
      [up, down],
      (rise, fall) => rise + fall === 0 ? 0 : 100 * Math.abs(rise - fall) / (rise + fall),
    );
    return [
      { column: wilder(sheet, spread, period), style: "line" },
      { column: up, style: "faint", ink: "up" },
      { column: down, style: "faint", ink: "down" },
    ];
  },
});

/** How much farther a candle went in a direction than the one before it; 0 if it went farther in the other one. */
function movement(sheet: Sheet, sign: 1 | -1): Column {
  return sheet.column((index) => {
    const now = sheet.candle(index);
    const before = sheet.candle(index - 1);
    if (now === null || before === null) return null;
    const rise = now.high - before.high;
    const fall = before.low - now.low;
    const [own, other] = sign > 0 ? [rise, fall] : [fall, rise];
    return own > other && own > 0 ? own : 0;
  });
}
