import { wilder } from "./averages.ts";
import type { Column, Sheet } from "./sheet.ts";

/** How far a price went, the step from the last close included; the first candle has no close before it. */
export function trueRange(sheet: Sheet): Column {
  return sheet.column((index) => {
    const candle = sheet.candle(index);
    if (candle === null) return null;
    const before = sheet.close.at(index - 1) ?? candle.close;
    return Math.max(candle.high, before) - Math.min(candle.low, before);
  });
}

/** Wilder's average of the true range. */
export function averageTrueRange(sheet: Sheet, period: number): Column {
  return wilder(sheet, trueRange(sheet), period);
}
