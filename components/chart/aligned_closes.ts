import type { Candle } from "../../lib/candles/candle.ts";
import type { Cell } from "../../lib/indicators/sheet.ts";
import { traded } from "./traded.ts";

/**
 * Another product's close for each start of a chart's own candles: that of its candle of the same time, or of the last
 * one before, since a bucket without trades has no candle. Null before its first one. Both ascend.
 */
export function alignedCloses(
  starts: readonly number[],
  candles: readonly Candle[],
): readonly Cell[] {
  let next = 0;
  let close: Cell = null;
  return starts.map((start) => {
    for (let candle = candles[next]; candle !== undefined && candle.start <= start;) {
      close = traded(candle).close;
      candle = candles[++next];
    }
    return close;
  });
}

/** The index of the first value from `from` on, which is the base for percentages. Null if there is none. */
export function firstFrom(cells: readonly Cell[], from: number): number | null {
  for (let place = Math.max(0, from); place < cells.length; place++) {
    const value = cells[place];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** How much a value is above another one, in percent. */
export function percentOf(value: Cell, base: Cell): Cell {
  return value === null || base === null || base === 0 ? null : (value / base - 1) * 100;
}
