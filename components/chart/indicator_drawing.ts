import type { IChartApi, ISeriesApi, UTCTimestamp } from "lightweight-charts";
import { HistogramSeries, LineSeries } from "lightweight-charts";
import type { Candle } from "../../lib/candles/candle.ts";
import { toNumber } from "../../lib/candles/decimal.ts";
import type { Traded } from "../../lib/indicators/day_vwap.ts";
import type { Indicator } from "../../lib/indicators/indicator.ts";
import { indicatorTitle, isOverlay } from "../../lib/indicators/indicator.ts";
import type { IndicatorLine } from "../../lib/indicators/indicator_lines.ts";
import { indicatorLines } from "../../lib/indicators/indicator_lines.ts";
import { chartTime } from "./browser/chart_points.ts";
import type { ChartPalette } from "./browser/chart_palette.ts";

type LineApi = ISeriesApi<"Line"> | ISeriesApi<"Histogram">;

interface Drawn {
  readonly indicator: Indicator;
  readonly color: string;
  readonly series: readonly LineApi[];
  lines: readonly IndicatorLine[];
}

/** An indicator's values at one candle, as a legend shows them. */
export interface IndicatorValues {
  readonly title: string;
  readonly color: string;
  readonly values: readonly (number | null)[];
  /** Whether they are prices. */
  readonly isPrice: boolean;
}

/** The lines of the chosen indicators on a chart: over the prices, or in panes below them. */
export class IndicatorDrawing {
  readonly #chart: IChartApi;
  readonly #priceFormat: object;
  #drawn: Drawn[] = [];

  /** `priceFormat` is the price series' own, for the lines that lie over it. */
  constructor(chart: IChartApi, priceFormat: object) {
    this.#chart = chart;
    this.#priceFormat = priceFormat;
  }

  /** Draws these indicators, and no others from now on. */
  choose(
    indicators: readonly Indicator[],
    candles: readonly Candle[],
    palette: ChartPalette,
  ): void {
    for (const { series } of this.#drawn) for (const one of series) this.#chart.removeSeries(one);
    let pane = 0;
    this.#drawn = indicators.map((indicator, index) => {
      const color = palette.lines[index % palette.lines.length] ?? palette.text;
      const lines = indicatorLines(indicator, candles.map(traded));
      const at = isOverlay(indicator) ? 0 : ++pane;
      const series = lines.map((line) => this.#addSeries(line, color, at, palette));
      return { indicator, color, series, lines };
    });
    this.#chart.panes().forEach((one, index) => one.setStretchFactor(index === 0 ? 4 : 1));
    this.#setData(candles);
  }

  /** Draws all again, for other candles. */
  show(candles: readonly Candle[]): void {
    this.#compute(candles);
    this.#setData(candles);
  }

  /** Draws what the newest candle, changed or begun, makes of the lines' ends. */
  update(candles: readonly Candle[]): void {
    const newest = candles.at(-1);
    if (newest === undefined || this.#drawn.length === 0) return;
    this.#compute(candles);
    for (const { series, lines } of this.#drawn) {
      series.forEach((one, index) => {
        one.update(point(newest, lines[index]?.values.at(-1) ?? null));
      });
    }
  }

  /** What the indicators are at the candle of an index. */
  valuesAt(index: number): readonly IndicatorValues[] {
    return this.#drawn.map(({ indicator, color, lines }) => ({
      title: indicatorTitle(indicator),
      color,
      values: lines.map(({ values }) => values[index] ?? null),
      isPrice: isOverlay(indicator),
    }));
  }

  #compute(candles: readonly Candle[]): void {
    const inputs = candles.map(traded);
    for (const drawn of this.#drawn) drawn.lines = indicatorLines(drawn.indicator, inputs);
  }

  #setData(candles: readonly Candle[]): void {
    for (const { series, lines } of this.#drawn) {
      series.forEach((one, index) => {
        const values = lines[index]?.values ?? [];
        one.setData(candles.map((candle, at) => point(candle, values[at] ?? null)));
      });
    }
  }

  #addSeries(line: IndicatorLine, color: string, pane: number, palette: ChartPalette): LineApi {
    const quiet = { lastValueVisible: false, priceLineVisible: false };
    const format = pane === 0 ? { priceFormat: this.#priceFormat } : {};
    if (line.style === "columns") {
      return this.#chart.addSeries(HistogramSeries, { ...quiet, color: palette.crosshair }, pane);
    }
    return this.#chart.addSeries(LineSeries, {
      ...quiet,
      ...format,
      color,
      lineWidth: line.style === "faint" ? 1 : 2,
      lineStyle: line.style === "faint" ? 2 : 0,
      crosshairMarkerVisible: false,
    }, pane);
  }
}

function point(candle: Candle, value: number | null): { time: UTCTimestamp; value?: number } {
  const time = chartTime(candle);
  return value === null ? { time } : { time, value };
}

// A candle does not change, so its numbers are made once however often its lines are drawn.
const numbers = new WeakMap<Candle, Traded>();

function traded(candle: Candle): Traded {
  let held = numbers.get(candle);
  if (held === undefined) {
    held = {
      start: candle.start,
      high: toNumber(candle.high),
      low: toNumber(candle.low),
      close: toNumber(candle.close),
      volume: toNumber(candle.volume),
      quoteVolume: candle.quoteVolume === null ? null : toNumber(candle.quoteVolume),
    };
    numbers.set(candle, held);
  }
  return held;
}
