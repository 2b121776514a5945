import type { IChartApi, ISeriesApi, MouseEventParams } from "lightweight-charts";
import { createChart, HistogramSeries } from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { compare, toNumber } from "../../../lib/candles/decimal.ts";
import type { Granularity } from "../../../lib/candles/granularity.ts";
import type { ExactPast } from "../../../lib/history/exact_pasts.ts";
import type { ChartCaption } from "./chart_image.ts";
import { captioned } from "./chart_image.ts";
import type { Sight } from "./sight_by_key.ts";
import { sightByKey } from "./sight_by_key.ts";
import { chartOptions, themeOptions } from "./chart_options.ts";
import type { ChartPalette } from "./chart_palette.ts";
import { chartPalette } from "./chart_palette.ts";
import { chartTime, column } from "./chart_points.ts";
import { ExactBoundary } from "./exact_boundary.ts";
import type { ChartView } from "../chart_view.ts";
import { scaleOf, SCALES } from "../chart_view.ts";
import type { ChartSurface } from "../../drawings/chart_surface.ts";
import type { CompareDrawing } from "./compare_drawing.ts";
import { labelColor } from "./label_color.ts";
import type { MainSeries } from "./main_series.ts";
import { addMainSeries } from "./main_series.ts";
import type { StudyDrawing, StudyDrawingParts } from "./study_drawing.ts";
import type { StudyValues } from "../study_values.ts";
import { liveAxisWidth } from "./live_axis_width.ts";
import { THEME_NAME } from "../../site/theme.ts";
import { plainPriceText } from "../../site/plain_price.ts";
import { yieldSwipes } from "./yield_swipes.ts";

/** What a chart is made with. */
export interface PriceChartOptions {
  readonly granularity: Granularity;
  /** Fraction digits of a price. */
  readonly digits: number;
  /** The newest candle so far, by which the axis has its width from the beginning; null if there is none. */
  readonly newest: Candle | null;
  readonly view: ChartView;
  /** The page has several charts: it draws only once it is about to be seen, and leaves swipes to the page. */
  readonly isOneOfMany?: boolean;
  /** Seconds from one candle's start to the next one's. */
  readonly candleSeconds: number;
  /** Makes the drawing of indicators, once that is there. */
  studies(): ((parts: StudyDrawingParts) => StudyDrawing) | null;
  /** Makes the drawing of compared products, once that is there. */
  compare(chart: IChartApi): CompareDrawing | null;
  /**
   * The candle start (epoch seconds) under the crosshair, or null when it left. `price` is where a person points, and null
   * when the chart itself moved under the crosshair.
   */
  onPoint(start: number | null, price: number | null): void;
  /** Other candles came into sight. */
  onSight?(sight: Sight): void;
  /** The left edge of what is loaded came into sight. */
  onOldest(): void;
}

/** How many candles a chart begins with in sight. */
const FIRST_SIGHT = 120;
/** Older candles are requested when fewer than this are left of the view. */
const NEAR_EDGE = 40;
const VOLUME = "volume";
const LIGHT = THEME_NAME.light;

/** Candles and volume on lightweight-charts. It owns its canvas and observers until `close()`. */
export class PriceChart {
  readonly #element: HTMLElement;
  readonly #chart: IChartApi;
  readonly #priceFormat: StudyDrawingParts["priceFormat"];
  #main: MainSeries;
  readonly #volume: ISeriesApi<"Histogram">;
  readonly #themes: MutationObserver;
  readonly #device = matchMedia("(prefers-color-scheme: dark)");
  readonly #options: PriceChartOptions;
  readonly #boundary: ExactBoundary;
  #studies: StudyDrawing | null = null;
  #compare: CompareDrawing | null = null;
  #view: ChartView;
  #palette: ChartPalette;
  #shown: readonly Candle[] = [];
  #marked = "";
  #aim: Sight | null = null;
  #hasPrice = true;
  #isPlaced = false;
  readonly #font: string;
  #size: Readonly<Record<"width" | "height", number>>;
  readonly #sizes: ResizeObserver;
  readonly #stopYielding: () => void;

  constructor(element: HTMLElement, options: PriceChartOptions) {
    this.#element = element;
    this.#options = options;
    this.#view = options.view;
    this.#palette = chartPalette(element);
    this.#font = getComputedStyle(element).fontFamily;
    const { width, height } = this.#size = element.getBoundingClientRect();
    // Outside of the page until there is something to show: within it, the library would have the
    // page's layout computed for each of its canvases.
    this.#chart = createChart(document.createElement("div"), {
      ...chartOptions(this.#font, options.granularity, this.#palette, () => this.#view.zone),
      rightPriceScale: { borderVisible: false, minimumWidth: this.#axisWidth(options.newest) },
      width,
      height,
    });
    this.#sizes = new ResizeObserver(([entry]) => entry && this.#fit(entry.contentRect));
    const priceFormat = {
      type: "custom",
      minMove: 10 ** -options.digits,
      formatter: (price: number) => plainPriceText(price.toFixed(options.digits), options.digits),
    } as const;
    this.#priceFormat = priceFormat;
    this.#main = addMainSeries(this.#chart, options.view.style, priceFormat, this.#palette);
    this.#volume = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: VOLUME,
      priceFormat: { type: "volume" },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#boundary = new ExactBoundary(this.#chart, element);
    this.#volume.attachPrimitive(this.#boundary);
    this.#main.api.priceScale().applyOptions({ scaleMargins: { top: 0.05, bottom: 0.2 } });
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
    this.#chart.subscribeCrosshairMove(this.#point);
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      // Before its first candles are placed, a chart has a range of nothing.
      if (range === null || !this.#isPlaced) return;
      if (range.from < this.#lead) options.onOldest();
      options.onSight?.(range);
    });
    this.#stopYielding = options.isOneOfMany ? yieldSwipes(this.#chart) : () => {};
    element.tabIndex = 0;
    element.addEventListener("keydown", this.#press);
    this.#themes = new MutationObserver(this.#applyTheme);
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#device.addEventListener("change", this.#applyTheme);
    this.look(options.view);
  }

  /** Shows these candles, ascending by start; the first time the newest come into sight. */
  show(candles: readonly Candle[]): void {
    this.#shown = candles;
    this.#mark(candles.at(-1));
    this.#boundary.over(candles, this.#palette.crosshair);
    this.#main.show(candles, this.#palette);
    this.#volume.setData(candles.map((candle) => column(candle, this.#palette)));
    this.#studies?.show(candles);
    this.#compare?.show(candles);
    const newest = candles.at(-1);
    // A trade may have been drawn before.
    if (!this.#isPlaced && newest !== undefined) {
      const minimumWidth = this.#axisWidth(newest);
      this.#chart.priceScale("right").applyOptions({ minimumWidth });
      const sight = Math.min(FIRST_SIGHT, Math.max(30, this.#size.width / 7));
      this.#chart.timeScale().setVisibleLogicalRange({
        from: candles.length - sight,
        to: candles.length + 2 + this.ahead,
      });
      this.#isPlaced = true;
      this.#element.prepend(this.#chart.chartElement());
      this.#sizes.observe(this.#element);
      if (candles.length - sight < this.#lead) this.#options.onOldest();
    }
  }

  /** How many candles ahead of the newest one something is drawn. */
  get ahead(): number {
    return this.#studies?.ahead ?? 0;
  }

  /** How many candles before the first one in sight have to be there. */
  get #lead(): number {
    return NEAR_EDGE + (this.#studies?.warmUp ?? 0);
  }

  /** Draws the newest candle, changed or begun. */
  update(candle: Candle, candles: readonly Candle[]): void {
    this.#shown = candles;
    this.#mark(candle);
    this.#boundary.over(candles, this.#palette.crosshair);
    this.#main.update(candles, this.#palette);
    this.#volume.update(column(candle, this.#palette));
    this.#studies?.update(candles);
    this.#compare?.update(candles);
  }

  /** Which candles are in sight; null while nothing is drawn. */
  get sight(): Sight | null {
    return this.#chart.timeScale().getVisibleLogicalRange();
  }

  set sight(sight: Sight | null) {
    if (sight !== null) this.#chart.timeScale().setVisibleLogicalRange(sight);
  }

  /** Points at a candle as if a person did, at a price or at none; at nothing if there is no candle. */
  pointAt(candle: Candle | null, price: number | null): void {
    if (candle === null) return this.#chart.clearCrosshairPosition();
    this.#showPrice(price !== null);
    const at = price ?? toNumber(candle.close);
    this.#chart.setCrosshairPosition(at, chartTime(candle), this.#main.api);
  }

  /** Marks where the exact past begins. */
  showExactPast(past: ExactPast): void {
    this.#boundary.show(past);
  }

  /** Looks at the same candles in another way. */
  look(view: ChartView): void {
    const before = this.#view;
    this.#view = view;
    this.#chart.priceScale("right").applyOptions({ mode: SCALES.indexOf(scaleOf(view)) });
    if (view.zone !== before.zone) {
      // Setting its options makes the axis read its texts again.
      this.#chart.applyOptions({ timeScale: { secondsVisible: false } });
    }
    if (view.style !== before.style) this.#restyle();
    this.#chooseStudies();
    if (view.compare.length > 0) this.#compare ??= this.#options.compare(this.#chart);
    this.#compare?.choose(view.compare, this.#shown, this.#palette);
  }

  /** What the view's indicators and compared products are at a candle, by its place among those shown. */
  valuesAt(index: number): readonly StudyValues[] {
    const from = Math.ceil(this.#chart.timeScale().getVisibleLogicalRange()?.from ?? 0);
    return [
      ...this.#compare?.valuesAt(index, from) ?? [],
      ...this.#studies?.valuesAt(index) ?? [],
    ];
  }

  /** The visible chart as a picture with a title. */
  picture(title: string): HTMLCanvasElement {
    const caption: ChartCaption = {
      title,
      lines: this.valuesAt(this.#shown.length - 1).map(({ title, values: [first] }) => ({
        text: title,
        color: typeof first?.ink === "undefined" || first.ink === null
          ? this.#palette.text
          : this.#palette.inks[first.ink],
      })),
      background: this.#palette.ground,
      ink: this.#palette.text,
      font: this.#font,
    };
    return captioned(this.#chart.takeScreenshot(true), caption);
  }

  /** The same picture in the light theme's colours. */
  lightPicture(title: string): HTMLCanvasElement {
    const { dataset } = document.documentElement;
    const { theme } = dataset;
    dataset.theme = LIGHT;
    this.#applyTheme();
    const picture = this.picture(title);
    if (theme === undefined) delete dataset.theme;
    else dataset.theme = theme;
    this.#applyTheme();
    return picture;
  }

  /** The surface to draw on; candles are this many seconds long. */
  surface(length: number): ChartSurface {
    return {
      element: this.#element,
      chart: this.#chart,
      length,
      digits: this.#options.digits,
      prices: () => this.#main.api,
      candles: () => this.#shown,
    };
  }

  close(): void {
    this.#element.removeEventListener("keydown", this.#press);
    this.#stopYielding();
    this.#sizes.disconnect();
    this.#themes.disconnect();
    this.#device.removeEventListener("change", this.#applyTheme);
    this.#boundary.close();
    this.#compare?.close();
    this.#chart.remove();
  }

  #fit({ width, height }: DOMRectReadOnly): void {
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height };
    this.#chart.resize(width, height, true);
  }

  #axisWidth(newest: Candle | null): number {
    if (newest === null) return 0;
    return liveAxisWidth(this.#font, toNumber(newest.close), this.#options.digits);
  }

  /** Colours the newest price on the axis: the library's choice for it may be unreadable. */
  #mark(newest: Candle | undefined): void {
    if (newest === undefined) return;
    const { up, down } = this.#palette;
    const color = compare(newest.close, newest.open) >= 0 ? up : down;
    if (color === this.#marked) return;
    this.#marked = color;
    this.#main.api.applyOptions({ priceLineColor: labelColor(color) });
  }

  /** Draws the prices in the view's style and the theme's colours. */
  #restyle(): void {
    const replaced = this.#main;
    this.#main = addMainSeries(this.#chart, this.#view.style, this.#priceFormat, this.#palette);
    this.#main.show(this.#shown, this.#palette);
    this.#chart.removeSeries(replaced.api);
    // What was added last is drawn over the rest; the lines of indicators lie over the prices.
    this.#main.api.setSeriesOrder(0);
    this.#marked = "";
    this.#mark(this.#shown.at(-1));
  }

  #chooseStudies(): void {
    const { digits, candleSeconds, studies } = this.#options;
    const { indicators } = this.#view;
    if (indicators.length > 0) {
      this.#studies ??= studies()?.({
        chart: this.#chart,
        priceFormat: this.#priceFormat,
        volumeScale: VOLUME,
        digits,
        candleSeconds,
      }) ?? null;
    }
    this.#studies?.choose(indicators, this.#shown, this.#palette);
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range !== null && this.#shown.length > 0 && range.from < this.#lead) {
      this.#options.onOldest();
    }
  }

  /** The price at a height in the chart's element, pixels from its top; null below the prices' pane. */
  priceAt(y: number): number | null {
    const height = this.#chart.panes()[0]?.getHeight() ?? 0;
    return y >= 0 && y < height ? this.#main.api.coordinateToPrice(y) : null;
  }

  /** Whether the crosshair has its horizontal line. */
  #showPrice(isShown: boolean): void {
    if (this.#hasPrice === isShown) return;
    this.#hasPrice = isShown;
    const horzLine = { visible: isShown, labelVisible: isShown };
    this.#chart.applyOptions({ crosshair: { horzLine } });
  }

  #point = ({ time, point, sourceEvent }: MouseEventParams): void => {
    const start = typeof time === "number" ? time : null;
    const isPerson = sourceEvent !== undefined && point !== undefined;
    if (isPerson) this.#showPrice(true);
    const price = isPerson ? this.#main.api.coordinateToPrice(point.y) : null;
    this.#options.onPoint(start, price);
  };

  #press = (event: KeyboardEvent): void => {
    const scale = this.#chart.timeScale();
    // The target of an earlier key of this frame becomes visible only in the next frame.
    const sight = this.#aim ?? scale.getVisibleLogicalRange();
    const end = this.#shown.length + this.ahead;
    const next = sight === null ? null : sightByKey(event, sight, end);
    if (next === null) return;
    event.preventDefault();
    scale.setVisibleLogicalRange(next);
    this.#aim = next;
    requestAnimationFrame(() => this.#aim = null);
  };

  #applyTheme = (): void => {
    this.#palette = chartPalette(this.#element);
    this.#chart.applyOptions(themeOptions(this.#palette));
    this.#restyle();
    if (this.#shown.length > 0) this.show(this.#shown);
    this.look(this.#view);
  };
}
