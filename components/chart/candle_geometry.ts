import type { Candle } from "../../lib/candles/candle.ts";
import { toNumber } from "../../lib/candles/decimal.ts";

/** Where a candle chart is drawn. Shares are of the height. */
export interface ChartBox {
  readonly width: number;
  readonly height: number;
  /** Empty above the highest price. */
  readonly topShare: number;
  /** Below the lowest price; volume stands in it. */
  readonly bottomShare: number;
  /** The highest column of volume. */
  readonly volumeShare: number;
  /** Candles that fit: fewer stand at the right, as wide as they will be when there are more. */
  readonly slots: number;
  /** Empty slots at the right. */
  readonly emptySlots: number;
}

/** A horizontal line of the price scale. */
export interface ScaleLine {
  readonly y: number;
  readonly value: number;
}

/** A chart as SVG path data: eight paths draw any number of candles. Hollow bodies are not proven yet. */
export interface CandlePaths {
  readonly upWicks: string;
  readonly upBodies: string;
  readonly upHollow: string;
  readonly downWicks: string;
  readonly downBodies: string;
  readonly downHollow: string;
  readonly upVolume: string;
  readonly downVolume: string;
  readonly scale: readonly ScaleLine[];
  /** Each candle's middle, in the order of the candles. */
  readonly centers: readonly number[];
}

/** Draws candles, ascending by start, one slot each; null for none. Drawing is where floats are fine. */
export function candlePaths(
  candles: readonly Candle[],
  box: ChartBox,
): CandlePaths | null {
  if (candles.length === 0) return null;
  const low = Math.min(...candles.map((candle) => toNumber(candle.low)));
  const high = Math.max(...candles.map((candle) => toNumber(candle.high)));
  const span = high - low || high * 0.01 || 1;
  const plotTop = box.height * box.topShare;
  const plotHeight = box.height * (1 - box.topShare - box.bottomShare);
  const y = (price: number) => round(plotTop + (high - price) / span * plotHeight);
  const mostVolume = Math.max(...candles.map((candle) => toNumber(candle.volume))) || 1;
  const pitch = box.width / (Math.max(box.slots, candles.length) + box.emptySlots);
  const half = Math.max(0.5, pitch * 0.36);
  const firstX = box.width - (candles.length + box.emptySlots) * pitch;
  const paths = {
    upWicks: "",
    upBodies: "",
    upHollow: "",
    downWicks: "",
    downBodies: "",
    downHollow: "",
    upVolume: "",
    downVolume: "",
  };
  const centers = candles.map((candle, index) => {
    const x = round(firstX + (index + 0.5) * pitch);
    const open = y(toNumber(candle.open));
    const close = y(toNumber(candle.close));
    const side = close <= open ? "up" : "down";
    const bodyTop = Math.min(open, close);
    // A body of no height is still a line: an unchanged price was traded.
    const bodyHeight = Math.max(Math.abs(open - close), 1);
    const volume = toNumber(candle.volume) / mostVolume * box.height * box.volumeShare;
    paths[`${side}Wicks`] += `M${x} ${y(toNumber(candle.high))}V${y(toNumber(candle.low))}`;
    const body = candle.isComplete && !candle.exact ? "Hollow" : "Bodies";
    paths[`${side}${body}`] += bar(x, half, bodyTop, bodyHeight);
    paths[`${side}Volume`] += bar(x, half, round(box.height - volume), round(volume));
    return x;
  });
  const scale = scaleValues(low, high).map((value) => ({ value, y: y(value) }));
  return { ...paths, scale, centers };
}

function bar(x: number, half: number, top: number, height: number): string {
  return `M${round(x - half)} ${round(top)}h${round(half * 2)}v${round(height)}h${
    round(-half * 2)
  }z`;
}

/** Round numbers between low and high, at most nine of them. */
export function scaleValues(low: number, high: number): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  const stride = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ??
    rough;
  const values = [];
  for (let index = Math.ceil(low / stride); index * stride <= high; index++) {
    values.push(index * stride);
  }
  return values;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
