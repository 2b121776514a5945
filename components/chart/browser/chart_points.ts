import type { CandlestickData, HistogramData, UTCTimestamp } from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { toNumber } from "../../../lib/candles/decimal.ts";
import type { ChartPalette } from "./chart_palette.ts";

/** A candle as the chart library draws it; a closed one that is not proven yet is hollow. */
export function bar(candle: Candle, palette: ChartPalette): CandlestickData<UTCTimestamp> {
  const point = {
    time: chartTime(candle),
    open: toNumber(candle.open),
    high: toNumber(candle.high),
    low: toNumber(candle.low),
    close: toNumber(candle.close),
  };
  if (candle.exact || !candle.isComplete) return point;
  return { ...point, color: faint(candle, palette) };
}

/** A candle's volume as a column. */
export function column(candle: Candle, palette: ChartPalette): HistogramData<UTCTimestamp> {
  return {
    time: chartTime(candle),
    value: toNumber(candle.volume),
    color: faint(candle, palette),
  };
}

/** A candle's place on the time scale. */
// The brand of the library's times is a type without a constructor; epoch seconds are what it means.
export function chartTime(candle: Candle): UTCTimestamp {
  const seconds: number = candle.start;
  return seconds as UTCTimestamp;
}

function faint(candle: Candle, palette: ChartPalette): string {
  const rises = toNumber(candle.close) >= toNumber(candle.open);
  return rises ? palette.upFaint : palette.downFaint;
}
