import type { IChartApi, ISeriesApi } from "lightweight-charts";
import type { Candle } from "../../lib/candles/candle.ts";

/** What of a live chart is drawn on. */
export interface ChartSurface {
  /** Has the chart's canvases, and the focus of its keys. */
  readonly element: HTMLElement;
  readonly chart: IChartApi;
  /** Seconds of a candle. */
  readonly length: number;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The scale of the prices, which may be another one after the chart was looked at in another way. */
  prices(): Pick<ISeriesApi<"Candlestick">, "priceToCoordinate" | "coordinateToPrice">;
  /** What is loaded, ascending by start. */
  candles(): readonly Candle[];
}
