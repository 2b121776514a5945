import type {
  CandlestickData,
  HistogramData,
  IChartApi,
  ISeriesApi,
  MouseEventParams,
  UTCTimestamp,
} from "lightweight-charts";
import { CandlestickSeries, ColorType, createChart, HistogramSeries } from "lightweight-charts";
import type { Candle } from "../lib/candles/candle.ts";
import { toNumber } from "../lib/candles/decimal.ts";
import { GRANULARITY_SECONDS } from "../lib/candles/granularity.ts";
import type { Granularity } from "../lib/candles/granularity.ts";
import type { ChartPalette } from "./chart_palette.ts";
import { chartPalette } from "./chart_palette.ts";

/** What a chart is made with. */
export interface PriceChartOptions {
  readonly granularity: Granularity;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The candle start (epoch seconds) under the crosshair, or null when it left. */
  onPoint(start: number | null): void;
  /** The left edge of what is loaded came into sight. */
  onOldest(): void;
}

/** How many candles a chart begins with in sight. */
const FIRST_SIGHT = 120;
/** Older candles are asked for when fewer than this are left of the view. */
const NEAR_EDGE = 40;

/**
 * Candles and volume on lightweight-charts. It owns its canvas and observers until `close()`. Imported
 * lazily: it brings the chart library along.
 */
export class PriceChart {
  readonly #element: HTMLElement;
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<"Candlestick">;
  readonly #volume: ISeriesApi<"Histogram">;
  readonly #themes: MutationObserver;
  readonly #device = matchMedia("(prefers-color-scheme: dark)");
  readonly #options: PriceChartOptions;
  #palette: ChartPalette;
  #shown: readonly Candle[] = [];

  constructor(element: HTMLElement, options: PriceChartOptions) {
    this.#element = element;
    this.#options = options;
    this.#palette = chartPalette(element);
    this.#chart = createChart(element, {
      autoSize: true,
      // The library's logo would bring an inline style that our policy refuses; the page links instead.
      layout: {
        attributionLogo: false,
        background: { type: ColorType.Solid, color: "transparent" },
        fontFamily: getComputedStyle(element).fontFamily,
        fontSize: 11,
      },
      rightPriceScale: { borderVisible: false, minimumWidth: 72 },
      timeScale: {
        borderVisible: false,
        timeVisible: GRANULARITY_SECONDS[options.granularity] < 86400,
        secondsVisible: false,
        rightOffset: 3,
        minBarSpacing: 1,
      },
      // Plain scrolling belongs to the page; the chart zooms with ctrl or a pinch, and drags sideways.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, {
      borderVisible: false,
      priceFormat: {
        type: "custom",
        minMove: 10 ** -options.digits,
        formatter: (price: number) => grouped(price, options.digits),
      },
    });
    this.#volume = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: "",
      priceFormat: { type: "volume" },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#candles.priceScale().applyOptions({ scaleMargins: { top: 0.05, bottom: 0.2 } });
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
    this.#chart.subscribeCrosshairMove(this.#point);
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null && range.from < NEAR_EDGE) options.onOldest();
    });
    this.#themes = new MutationObserver(this.#dress);
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#device.addEventListener("change", this.#dress);
    this.#dress();
  }

  /** Shows these candles, ascending by start; the first time the newest come into sight. */
  show(candles: readonly Candle[]): void {
    const first = this.#shown.length === 0;
    this.#shown = candles;
    this.#candles.setData(candles.map((candle) => this.#bar(candle)));
    this.#volume.setData(candles.map((candle) => this.#column(candle)));
    if (first && candles.length > 0) {
      const sight = Math.min(FIRST_SIGHT, Math.max(30, this.#element.clientWidth / 7));
      this.#chart.timeScale().setVisibleLogicalRange({
        from: candles.length - sight,
        to: candles.length + 2,
      });
    }
  }

  /** Draws the newest candle, changed or begun. */
  update(candle: Candle, candles: readonly Candle[]): void {
    this.#shown = candles;
    this.#candles.update(this.#bar(candle));
    this.#volume.update(this.#column(candle));
  }

  close(): void {
    this.#themes.disconnect();
    this.#device.removeEventListener("change", this.#dress);
    this.#chart.remove();
  }

  /** A closed candle that is not proven yet is drawn hollow. */
  #bar(candle: Candle): CandlestickData<UTCTimestamp> {
    const bar = {
      time: time(candle),
      open: toNumber(candle.open),
      high: toNumber(candle.high),
      low: toNumber(candle.low),
      close: toNumber(candle.close),
    };
    if (candle.exact || !candle.isComplete) return bar;
    return { ...bar, color: rises(candle) ? this.#palette.upFaint : this.#palette.downFaint };
  }

  #column(candle: Candle): HistogramData<UTCTimestamp> {
    return {
      time: time(candle),
      value: toNumber(candle.volume),
      color: rises(candle) ? this.#palette.upFaint : this.#palette.downFaint,
    };
  }

  #point = (event: MouseEventParams): void => {
    this.#options.onPoint(typeof event.time === "number" ? event.time : null);
  };

  #dress = (): void => {
    const palette = chartPalette(this.#element);
    this.#palette = palette;
    const line = { color: palette.crosshair, labelBackgroundColor: palette.crosshair };
    this.#chart.applyOptions({
      layout: { textColor: palette.text },
      grid: { vertLines: { visible: false }, horzLines: { color: palette.line } },
      crosshair: { mode: 0, vertLine: line, horzLine: line },
    });
    this.#candles.applyOptions({
      upColor: palette.up,
      downColor: palette.down,
      wickUpColor: palette.up,
      wickDownColor: palette.down,
      borderVisible: true,
      borderUpColor: palette.up,
      borderDownColor: palette.down,
    });
    if (this.#shown.length > 0) this.show(this.#shown);
  };
}

function rises(candle: Candle): boolean {
  return toNumber(candle.close) >= toNumber(candle.open);
}

// The brand of the library's times is a type without a constructor; epoch seconds are what it means.
function time(candle: Candle): UTCTimestamp {
  const seconds: number = candle.start;
  return seconds as UTCTimestamp;
}

function grouped(price: number, digits: number): string {
  return price.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
