import type { Candle } from "../../lib/candles/candle.ts";
import { HeikinAshi } from "../../lib/indicators/heikin_ashi.ts";
import type { ChartScale, ChartStyle } from "./chart_view.ts";
import type { PlotBox, PlotScale, ScaleLine } from "./plot_scale.ts";
import { plotScale, round } from "./plot_scale.ts";
import { type Bar, traded } from "./traded.ts";

/** The box that a candle chart is drawn in. */
export interface ChartBox extends PlotBox {
  readonly width: number;
  /** The highest column of volume, a share of the height. */
  readonly volumeShare: number;
  /** Candles that fit: fewer stand at the right, as wide as they will be when there are more. */
  readonly slots: number;
  /** Empty slots at the right. */
  readonly emptySlots: number;
}

/** How candles are drawn. */
export interface CandleLook {
  readonly style: ChartStyle;
  readonly scale: ChartScale;
  /** Candles before the first one drawn, which what is drawn may depend on. */
  readonly before: readonly Candle[];
  /** Other values that have to be within the plot. */
  readonly reach: readonly number[];
}

/** A chart as SVG path data: some paths draw any number of candles. */
export interface CandlePaths {
  /** The lines of bars, too. */
  readonly upWicks: string;
  readonly upBodies: string;
  /** Of candles that are not proven yet. */
  readonly upPale: string;
  /** Bodies that are drawn as outlines. */
  readonly upOutlines: string;
  readonly downWicks: string;
  readonly downBodies: string;
  readonly downPale: string;
  readonly downOutlines: string;
  readonly upVolume: string;
  readonly downVolume: string;
  /** Of closes; empty unless they are drawn as a line. */
  readonly line: string;
  /** What is below the line; empty unless it is an area. */
  readonly area: string;
  readonly scale: readonly ScaleLine[];
  /** Each candle's middle, in the order of the candles. */
  readonly centers: readonly number[];
  /** The middle of a place, counted from the first candle drawn, also beyond the last one. */
  x(place: number): number;
  y(price: number): number;
  volumeY(volume: number): number;
}

const PLAIN: CandleLook = { style: "candles", scale: "linear", before: [], reach: [] };

/** Draws candles, ascending by start, one slot each; null for none. Drawing is where floats are fine. */
export function candlePaths(
  candles: readonly Candle[],
  box: ChartBox,
  look: CandleLook = PLAIN,
): CandlePaths | null {
  const [first] = candles;
  if (first === undefined) return null;
  const { style } = look;
  const bars = barsOf(candles, look);
  const isLine = style === "line" || style === "area";
  const extremes = isLine ? bars.map(({ close }) => close) : bars.flatMap((bar) => [
    bar.low,
    bar.high,
  ]);
  const reached = [...extremes, ...look.reach];
  const scale = plotScale(Math.min(...reached), Math.max(...reached), box, {
    kind: look.scale,
    first: traded(first).close,
  });
  const mostVolume = Math.max(...candles.map((candle) => traded(candle).volume)) || 1;
  const pitch = box.width / (Math.max(box.slots, candles.length) + box.emptySlots);
  const firstX = box.width - (candles.length + box.emptySlots) * pitch;
  const x = (place: number) => round(firstX + (place + 0.5) * pitch);
  const volumeY = (volume: number) =>
    round(box.height - volume / mostVolume * box.height * box.volumeShare);
  const paths = {
    upWicks: "",
    upBodies: "",
    upPale: "",
    upOutlines: "",
    downWicks: "",
    downBodies: "",
    downPale: "",
    downOutlines: "",
    upVolume: "",
    downVolume: "",
  };
  const half = Math.max(0.5, pitch * 0.36);
  const centers = candles.map((candle, index) => {
    const bar = bars[index] ?? traded(candle);
    const center = x(index);
    const rises = bar.close >= bar.open;
    const before = bars[index - 1];
    // A hollow candle's body shows its own direction, so its colour can show the change since the last close.
    const side = (style === "hollow" && before !== undefined ? bar.close >= before.close : rises)
      ? "up"
      : "down";
    const own = traded(candle);
    const volumeSide = own.close >= own.open ? "up" : "down";
    const top = volumeY(own.volume);
    paths[`${volumeSide}Volume`] += rectangle(center, half, top, round(box.height - top));
    if (isLine) return center;
    const [high, low] = [scale.y(bar.high), scale.y(bar.low)];
    const [open, close] = [scale.y(bar.open), scale.y(bar.close)];
    if (style === "bars") {
      paths[`${side}Wicks`] +=
        `M${center} ${high}V${low}M${round(center - half)} ${open}H${center}` +
        `M${center} ${close}H${round(center + half)}`;
      return center;
    }
    const bodyTop = Math.min(open, close);
    // A body of no height is still a line: an unchanged price was traded.
    const bodyHeight = Math.max(Math.abs(open - close), 1);
    const isOutline = style === "hollow" && rises;
    const isPale = candle.isComplete && !candle.exact;
    paths[`${side}Wicks`] += isOutline
      ? `M${center} ${high}V${bodyTop}M${center} ${round(bodyTop + bodyHeight)}V${low}`
      : `M${center} ${high}V${low}`;
    const body = isOutline ? "Outlines" : isPale ? "Pale" : "Bodies";
    paths[`${side}${body}`] += rectangle(center, half, bodyTop, bodyHeight);
    return center;
  });
  const line = isLine ? closingLine(bars, centers, scale) : "";
  const area = style === "area" ? `${line}V${box.height}H${centers[0] ?? 0}z` : "";
  return { ...paths, line, area, scale: scale.lines, centers, x, y: scale.y, volumeY };
}

/** What is drawn for each candle. */
function barsOf(candles: readonly Candle[], { style, before }: CandleLook): readonly Bar[] {
  if (style !== "heikin") return candles.map(traded);
  const averages = new HeikinAshi();
  averages.fill([...before, ...candles].map(traded));
  return candles.map((candle, index) => averages.at(before.length + index) ?? traded(candle));
}

function closingLine(bars: readonly Bar[], centers: readonly number[], scale: PlotScale): string {
  return bars.map(({ close }, index) =>
    `${index === 0 ? "M" : "L"}${centers[index]} ${scale.y(close)}`
  ).join("");
}

function rectangle(x: number, half: number, top: number, height: number): string {
  return `M${round(x - half)} ${round(top)}h${round(half * 2)}v${round(height)}h${
    round(-half * 2)
  }z`;
}
