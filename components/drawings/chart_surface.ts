import type { IChartApi, ISeriesApi } from "lightweight-charts";
import type { Candle } from "../../lib/candles/candle.ts";

/** The part of a live chart that drawings use. */
export interface ChartSurface {
  /** Has the chart's canvases, and the focus of its keys. */
  readonly element: HTMLElement;
  readonly chart: IChartApi;
  /** Seconds of a candle. */
  readonly length: number;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The scale of the prices, which another view of the chart may replace. */
  prices(): Pick<ISeriesApi<"Candlestick">, "priceToCoordinate" | "coordinateToPrice">;
  /** The loaded candles, ascending by start. */
  candles(): readonly Candle[];
}
