import type { Cell, Column, Sheet } from "./sheet.ts";

/** The simple moving average: the mean of the last `period` values. */
export function sma(sheet: Sheet, source: Column, period: number): Column {
  return sheet.column((index) => mean(source, index, period));
}

/** The exponential moving average, which begins as the simple one of the first `period` values. */
export function ema(sheet: Sheet, source: Column, period: number): Column {
  return smoothed(sheet, source, period, 2 / (period + 1));
}

/** Wilder's smoothing: an exponential average that forgets half as fast. */
export function wilder(sheet: Sheet, source: Column, period: number): Column {
  return smoothed(sheet, source, period, 1 / period);
}

function smoothed(sheet: Sheet, source: Column, period: number, weight: number): Column {
  return sheet.column((index, own) => {
    const value = source.at(index);
    if (value === null) return null;
    const before = own.at(index - 1);
    return before === null ? mean(source, index, period) : before + (value - before) * weight;
  });
}

/** The mean of the last values up to an index; null if one of them is not defined. */
function mean(source: Column, index: number, period: number): Cell {
  let sum = 0;
  // Summed each time: a running sum loses digits, and would depend on where it began.
  for (let at = index - period + 1; at <= index; at++) {
    const value = source.at(at);
    if (value === null) return null;
    sum += value;
  }
  return sum / period;
}
