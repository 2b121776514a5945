import type { Column, Sheet } from "./sheet.ts";

/** The highest of the last `period` values. */
export function highest(sheet: Sheet, source: Column, period: number): Column {
  return extreme(sheet, source, period, Math.max);
}

/** The lowest of the last `period` values. */
export function lowest(sheet: Sheet, source: Column, period: number): Column {
  return extreme(sheet, source, period, Math.min);
}

/** The middle between the highest high and the lowest low of the last `period` candles. */
export function midpoint(sheet: Sheet, period: number): Column {
  const ends = [highest(sheet, sheet.high, period), lowest(sheet, sheet.low, period)];
  return sheet.combine(ends, (high, low) => (high + low) / 2);
}

function extreme(
  sheet: Sheet,
  source: Column,
  period: number,
  choose: (one: number, other: number) => number,
): Column {
  return sheet.column((index) => {
    let found: number | null = null;
    for (let at = index - period + 1; at <= index; at++) {
      const value = source.at(at);
      if (value === null) return null;
      found = found === null ? value : choose(found, value);
    }
    return found;
  });
}
