import type {
  CandlestickData,
  IChartApi,
  ISeriesApi,
  SeriesType,
  UTCTimestamp,
} from "lightweight-charts";
import { AreaSeries, BarSeries, CandlestickSeries, LineSeries } from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { HeikinAshi } from "../../../lib/indicators/heikin_ashi.ts";
import type { ChartStyle } from "../chart_view.ts";
import { traded } from "../traded.ts";
import type { ChartPalette } from "./chart_palette.ts";
import { barPoint, candlePoint, closePoint, hollowPoint } from "./chart_points.ts";

/** A product's prices on a chart, in one of the styles; its owner removes it. */
export interface MainSeries {
  readonly api: ISeriesApi<SeriesType>;
  /** Draws these candles, ascending by start. */
  show(candles: readonly Candle[], palette: ChartPalette): void;
  /** Draws the newest one again, changed or begun. */
  update(candles: readonly Candle[], palette: ChartPalette): void;
}

/** Adds a style's series to a chart. Colours are those of the palette. */
export function addMainSeries(
  chart: IChartApi,
  style: ChartStyle,
  priceFormat: object,
  palette: ChartPalette,
): MainSeries {
  const { up, down, closes } = palette;
  switch (style) {
    case "line":
    case "area": {
      const api = style === "line"
        ? chart.addSeries(LineSeries, { priceFormat, lineWidth: 2, color: closes })
        : chart.addSeries(AreaSeries, {
          priceFormat,
          lineWidth: 2,
          lineColor: closes,
          topColor: palette.closesFaint,
          bottomColor: palette.closesFaintest,
        });
      return {
        api,
        show: (candles) => api.setData(candles.map(closePoint)),
        update: (candles) => candles.slice(-1).forEach((one) => api.update(closePoint(one))),
      };
    }
    case "bars": {
      const colors = { upColor: up, downColor: down };
      const api = chart.addSeries(BarSeries, { priceFormat, thinBars: false, ...colors });
      return {
        api,
        show: (candles) => api.setData(candles.map(barPoint)),
        update: (candles) => candles.slice(-1).forEach((one) => api.update(barPoint(one))),
      };
    }
    default:
      return candleSeries(chart, style, priceFormat, palette);
  }
}

function candleSeries(
  chart: IChartApi,
  style: "candles" | "hollow" | "heikin",
  priceFormat: object,
  { up, down }: ChartPalette,
): MainSeries {
  const api = chart.addSeries(CandlestickSeries, {
    priceFormat,
    upColor: up,
    downColor: down,
    wickUpColor: up,
    wickDownColor: down,
    borderVisible: true,
    borderUpColor: up,
    borderDownColor: down,
  });
  const averages = new HeikinAshi();
  const point = (
    candles: readonly Candle[],
    index: number,
    palette: ChartPalette,
  ): readonly CandlestickData<UTCTimestamp>[] => {
    const candle = candles[index];
    if (candle === undefined) return [];
    const before = candles[index - 1];
    if (style === "hollow") {
      return [hollowPoint(candle, before === undefined ? null : traded(before), palette)];
    }
    const bar = style === "heikin" ? averages.at(index) : null;
    return [candlePoint(candle, bar ?? traded(candle), palette)];
  };
  const average = (candles: readonly Candle[], from: number) => {
    if (style === "heikin") averages.fill(candles.map(traded), from);
  };
  return {
    api,
    show(candles, palette) {
      average(candles, 0);
      api.setData(candles.flatMap((_, index) => point(candles, index, palette)));
    },
    update(candles, palette) {
      const index = candles.length - 1;
      average(candles, index);
      for (const one of point(candles, index, palette)) api.update(one);
    },
  };
}
