import type {
  BarData,
  CandlestickData,
  HistogramData,
  LineData,
  Logical,
  UTCTimestamp,
} from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { type Bar, traded } from "../traded.ts";
import type { ChartPalette } from "./chart_palette.ts";

/** A candle as the chart library draws it; a closed one that is not proven yet is pale. */
export function candlePoint(
  candle: Candle,
  bar: Bar,
  palette: ChartPalette,
): CandlestickData<UTCTimestamp> {
  const { open, high, low, close } = bar;
  const point = { time: chartTime(candle), open, high, low, close };
  if (candle.exact || !candle.isComplete) return point;
  return { ...point, color: close >= open ? palette.upFaint : palette.downFaint };
}

/** A hollow candle: rising bodies are outlines, and the colour is by the change since the last close. */
export function hollowPoint(
  candle: Candle,
  before: Bar | null,
  palette: ChartPalette,
): CandlestickData<UTCTimestamp> {
  const bar = traded(candle);
  const rises = before === null ? bar.close >= bar.open : bar.close >= before.close;
  const ink = rises ? palette.up : palette.down;
  const pale = rises ? palette.upFaint : palette.downFaint;
  const solid = candle.exact || !candle.isComplete ? ink : pale;
  return {
    ...candlePoint(candle, bar, palette),
    color: bar.close >= bar.open ? palette.ground : solid,
    borderColor: ink,
    wickColor: ink,
  };
}

export function barPoint(candle: Candle): BarData<UTCTimestamp> {
  const { open, high, low, close } = traded(candle);
  return { time: chartTime(candle), open, high, low, close };
}

/** A candle as its close alone. */
export function closePoint(candle: Candle): LineData<UTCTimestamp> {
  return { time: chartTime(candle), value: traded(candle).close };
}

export function column(candle: Candle, palette: ChartPalette): HistogramData<UTCTimestamp> {
  const { open, close, volume } = traded(candle);
  return {
    time: chartTime(candle),
    value: volume,
    color: close >= open ? palette.upFaint : palette.downFaint,
  };
}

/** A candle's place on the time scale. */
export function chartTime(candle: Candle): UTCTimestamp {
  return epochTime(candle.start);
}

/** Epoch seconds as the library's type. */
// The brand of the library's times is a type without a constructor; epoch seconds are what it means.
export function epochTime(seconds: number): UTCTimestamp {
  return seconds as UTCTimestamp;
}

/** A place of a candle, counted from the oldest, as the library has it; branded like its times. */
export function logicalPlace(place: number): Logical {
  return place as Logical;
}
