import type { IChartApi, ISeriesApi, UTCTimestamp } from "lightweight-charts";
import { HistogramSeries, LineSeries, LineStyle, PriceScaleMode } from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import type { Indicator } from "../../../lib/indicators/indicator.ts";
import type { IndicatorLine } from "../../../lib/indicators/indicator_kind.ts";
import type { Traded } from "../../../lib/indicators/sheet.ts";
import { candlesAhead, Study, warmUp } from "../../../lib/indicators/study.ts";
import { BandFill } from "./band_fill.ts";
import type { ChartPalette } from "./chart_palette.ts";
import { epochTime } from "./chart_points.ts";
import { lineInk, studyText, type StudyValues, studyValues } from "../study_values.ts";
import { traded } from "../traded.ts";
import type { PriceChartOptions } from "./price_chart.ts";

type LineApi = ISeriesApi<"Line"> | ISeriesApi<"Histogram">;

interface DrawnLine {
  readonly line: IndicatorLine;
  readonly color: string;
  readonly api: LineApi;
}

interface Drawn {
  readonly study: Study;
  readonly lines: readonly DrawnLine[];
}

/** What the studies of a chart are drawn with. */
export interface StudyDrawingParts extends Pick<PriceChartOptions, "digits" | "candleSeconds"> {
  readonly chart: IChartApi;
  /** The price series' own, for the lines that lie over it. */
  readonly priceFormat: object;
  /** Where the volume's columns are. */
  readonly volumeScale: string;
}

const NOT_DRAWN = "rgba(0, 0, 0, 0)";

/** The lines of the chosen indicators on a chart: over the prices, over the volume, or in panes below them. */
export class StudyDrawing {
  readonly #parts: StudyDrawingParts;
  #drawn: readonly Drawn[] = [];
  #inputs: Traded[] = [];
  #palette: ChartPalette | null = null;

  constructor(parts: StudyDrawingParts) {
    this.#parts = parts;
  }

  /** How many candles ahead of the newest one something is drawn. */
  get ahead(): number {
    return candlesAhead(this.#drawn.map(({ study }) => study));
  }

  /** How many candles before the first one in sight have to be there. */
  get warmUp(): number {
    return warmUp(this.#drawn.map(({ study }) => study.indicator), this.#parts.candleSeconds);
  }

  /** Draws these indicators, and no others from now on. */
  choose(
    indicators: readonly Indicator[],
    candles: readonly Candle[],
    palette: ChartPalette,
  ): void {
    const { chart } = this.#parts;
    this.#palette = palette;
    for (const { lines } of this.#drawn) for (const { api } of lines) chart.removeSeries(api);
    let pane = 0;
    this.#drawn = indicators.map((indicator, place) => {
      const study = new Study(indicator);
      const at = indicator.pane === "own" ? ++pane : 0;
      const lines = study.lines.map((line) => this.#addLine(study, line, place, at, palette));
      this.#addMarks(study, lines, place, palette);
      return { study, lines };
    });
    chart.panes().forEach((one, index) => {
      one.setStretchFactor(index === 0 ? 4 : 1);
      // A new pane takes the scale of the prices', whose percent and logarithm mean nothing to it.
      if (index > 0) one.priceScale("right").applyOptions({ mode: PriceScaleMode.Normal });
    });
    this.show(candles);
  }

  /** Draws all again, for other candles. */
  show(candles: readonly Candle[]): void {
    this.#inputs = candles.map(traded);
    for (const { study, lines } of this.#drawn) {
      study.fill(this.#inputs);
      for (const drawn of lines) {
        drawn.api.setData(this.#inputs.flatMap((_, index) => this.#point(drawn, index) ?? []));
      }
    }
  }

  /** Draws what the newest candle, changed or begun, makes of the lines' ends. */
  update(candles: readonly Candle[]): void {
    const newest = candles.at(-1);
    if (newest === undefined || this.#drawn.length === 0) return;
    const index = candles.length - 1;
    // Anything else is another set of candles.
    if (index > this.#inputs.length) return this.show(candles);
    this.#inputs[index] = traded(newest);
    this.#inputs.length = candles.length;
    for (const { study, lines } of this.#drawn) {
      study.fill(this.#inputs, index);
      for (const drawn of lines) this.#update(drawn, index);
    }
  }

  /** Draws the end of a line; that of a trend decides how the way there from the last candle looks. */
  #update(drawn: DrawnLine, index: number): void {
    const { trend, style } = drawn.line;
    if (trend !== undefined && style !== "columns") {
      const before = this.#point(drawn, index - 1);
      if (before !== null) drawn.api.update(before, true);
    }
    const point = this.#point(drawn, index);
    if (point !== null) drawn.api.update(point);
  }

  /** What the indicators are at the candle of an index. */
  valuesAt(index: number): readonly StudyValues[] {
    return studyValues(this.#drawn.map(({ study }) => study), index);
  }

  #addLine(
    study: Study,
    line: IndicatorLine,
    place: number,
    pane: number,
    palette: ChartPalette,
  ): DrawnLine {
    const { chart, priceFormat, volumeScale, digits } = this.#parts;
    const { unit, pane: kind } = study.kind;
    const color = palette.inks[lineInk(place, line.ink)];
    const shared = {
      lastValueVisible: false,
      priceLineVisible: false,
      ...(kind === "volume" ? { priceScaleId: volumeScale } : {}),
      priceFormat: kind === "price" ? priceFormat : {
        type: "custom" as const,
        minMove: unit === "price" ? 10 ** -(digits + 2) : 0.01,
        formatter: (value: number) => studyText(value, unit, digits, false),
      },
    };
    if (line.style === "columns") {
      return { line, color, api: chart.addSeries(HistogramSeries, { ...shared, color }, pane) };
    }
    const isFaint = line.style === "faint";
    const api = chart.addSeries(LineSeries, {
      ...shared,
      color,
      lineWidth: isFaint ? 1 : 2,
      lineStyle: isFaint ? LineStyle.Dashed : LineStyle.Solid,
      crosshairMarkerVisible: false,
    }, pane);
    return { line, color, api };
  }

  /** The tint between two lines, and the levels of a pane. */
  #addMarks(
    { kind }: Study,
    lines: readonly DrawnLine[],
    place: number,
    palette: ChartPalette,
  ): void {
    const [first] = lines;
    const [upper, lower] = (kind.fill ?? []).map((at) => lines[at]);
    if (upper !== undefined && lower !== undefined) {
      const [above, below] = [upper.line, lower.line];
      const color = palette.tints[lineInk(place)];
      upper.api.attachPrimitive(new BandFill({ above, below, color }));
    }
    for (const price of kind.levels ?? []) {
      first?.api.createPriceLine({
        price,
        color: palette.crosshair,
        lineStyle: LineStyle.Dashed,
        lineWidth: 1,
        axisLabelVisible: false,
      });
    }
  }

  /** What a line has of a candle, where it is drawn; null where it has nothing, or is drawn before all candles. */
  #point({ line, color }: DrawnLine, index: number): PointOf | null {
    const { column, shift = 0, trend, style } = line;
    const time = this.#timeAt(index + shift);
    if (time === null) return null;
    const value = column.at(index);
    if (value === null) return { time };
    if (trend === undefined || this.#palette === null) return { time, value, color };
    const { up, down, upFaint, downFaint } = this.#palette;
    const rises = (trend.at(index) ?? 0) > 0;
    if (style === "columns") return { time, value, color: rises ? upFaint : downFaint };
    // A point's colour is that of the way to the next one.
    const next = trend.at(index + 1);
    const turns = next !== null && next > 0 !== rises;
    return { time, value, color: turns ? NOT_DRAWN : rises ? up : down };
  }

  /** When a place begins, also ahead of the newest candle. */
  #timeAt(place: number): UTCTimestamp | null {
    const candle = this.#inputs[place];
    if (candle !== undefined) return epochTime(candle.start);
    const newest = this.#inputs.at(-1);
    if (newest === undefined || place < 0) return null;
    const ahead = place - this.#inputs.length + 1;
    return epochTime(newest.start + ahead * this.#parts.candleSeconds);
  }
}

interface PointOf {
  readonly time: UTCTimestamp;
  readonly value?: number;
  readonly color?: string;
}
