import type { Candle } from "../../lib/candles/candle.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import type { Cell } from "../../lib/indicators/sheet.ts";
import { candlesAhead, Study, warmUp } from "../../lib/indicators/study.ts";
import { alignedCloses, firstFrom, percentOf } from "./aligned_closes.ts";
import type { CandlePaths, ChartBox } from "./candle_geometry.ts";
import { candlePaths } from "./candle_geometry.ts";
import type { ChartView } from "./chart_view.ts";
import { scaleOf } from "./chart_view.ts";
import type { LinePath, LinePlot } from "./line_paths.ts";
import { linePaths, valuesWithin } from "./line_paths.ts";
import type { ScaleLine } from "./plot_scale.ts";
import { plotScale } from "./plot_scale.ts";
import type { StudyValues } from "./study_values.ts";
import { compareInk, studyValues } from "./study_values.ts";
import { traded } from "./traded.ts";

/** A pane below the prices, as paths. */
export interface PanePicture {
  readonly study: StudyValues;
  readonly lines: readonly LinePath[];
  readonly scale: readonly ScaleLine[];
  /** Heights of values that are marked. */
  readonly levels: readonly number[];
}

/** Another product's candles, ascending by start, for a chart to compare its own with. */
export interface ComparedCandles {
  readonly productId: ProductId;
  readonly candles: readonly Candle[];
}

/**
 * A chart as a picture of one moment, for pages without script, and as the first view with script.
 */
export interface ChartPicture {
  readonly candles: readonly Candle[];
  readonly paths: CandlePaths;
  /** Over the prices and over the volume. */
  readonly lines: readonly LinePath[];
  /** Of compared products, the chart's own first, and of the indicators over the prices. */
  readonly studies: readonly StudyValues[];
  readonly panes: readonly PanePicture[];
  /** The size that a pane's paths are drawn in. */
  readonly paneBox: { readonly width: number; readonly height: number };
}

const PANE = { height: 100, topShare: 0.15, bottomShare: 0.1 } as const;

/** How many candles a picture of `shown` needs, those before them for its indicators included. */
export function pictureCandles(
  shown: number,
  { indicators, style }: ChartView,
  candleSeconds: number,
): number {
  // The weight of an averaged bar's first open halves with every bar.
  const averaged = style === "heikin" ? 30 : 0;
  return shown + Math.max(averaged, warmUp(indicators, candleSeconds));
}

/** Draws the newest `shown` candles in a view; `candles` are all that are there, ascending. Null for none. */
export function chartPicture(
  candles: readonly Candle[],
  shown: number,
  view: ChartView,
  box: ChartBox,
  others: readonly ComparedCandles[] = [],
): ChartPicture | null {
  const from = Math.max(0, candles.length - shown);
  const drawn = candles.slice(from);
  const inputs = candles.map(traded);
  const studies = view.indicators.map((indicator) => new Study(indicator));
  for (const study of studies) study.fill(inputs);
  const ahead = candlesAhead(studies);
  const sight = { from, to: candles.length - 1 + ahead };
  const reach = studies.filter(({ kind }) => kind.pane === "price")
    .flatMap((study) => valuesWithin(study, sight));
  const compared = compare(drawn, others);
  reach.push(...compared.flatMap(({ prices }) => prices.flatMap((price) => price ?? [])));
  const paths = candlePaths(drawn, { ...box, emptySlots: box.emptySlots + ahead }, {
    style: view.style,
    scale: scaleOf(view),
    before: candles.slice(0, from),
    reach,
  });
  if (paths === null) return null;
  const plot = (y: (value: number) => number): LinePlot => ({
    ...sight,
    x: (place) => paths.x(place - from),
    y,
    half: (paths.x(1) - paths.x(0)) * 0.36,
  });
  const values = studyValues(studies, candles.length - 1);
  const lines: LinePath[] = compared.map(({ prices }, place) => ({
    path: pricePath(prices, paths),
    ink: compareInk(place),
    look: "line",
  }));
  const panes: PanePicture[] = [];
  studies.forEach((study, place) => {
    const { pane, levels = [] } = study.kind;
    if (pane !== "own") {
      lines.push(...linePaths(study, place, plot(pane === "price" ? paths.y : paths.volumeY)));
      return;
    }
    const own = valuesWithin(study, sight);
    const scale = plotScale(Math.min(...own), Math.max(...own), PANE, { most: 3 });
    const value = values[place];
    if (value === undefined) return;
    panes.push({
      study: value,
      lines: own.length === 0 ? [] : linePaths(study, place, plot(scale.y)),
      scale: own.length === 0 ? [] : scale.lines,
      levels: own.length === 0 ? [] : levels.map(scale.y).filter((y) => y > 0 && y < PANE.height),
    });
  });
  return {
    candles: drawn,
    paths,
    lines,
    studies: [...comparison(drawn, compared), ...values.filter(({ pane }) => pane === null)],
    panes,
    paneBox: { width: box.width, height: PANE.height },
  };
}

interface Compared {
  readonly study: StudyValues;
  /** Its closes, scaled to begin at the chart's own price. */
  readonly prices: readonly Cell[];
}

/** Other products at the places of the candles drawn, in percent of what they were at the first of them. */
function compare(
  drawn: readonly Candle[],
  others: readonly ComparedCandles[],
): readonly Compared[] {
  const [first] = drawn;
  if (first === undefined) return [];
  const own = traded(first).close;
  return others.map(({ productId, candles }, place) => {
    const closes = alignedCloses(drawn.map(({ start }) => start), candles);
    const base = firstFrom(closes, 0);
    const value = percentOf(closes.at(-1) ?? null, base);
    return {
      prices: closes.map((close) => close === null || base === null ? null : own * close / base),
      study: {
        title: productId,
        unit: "percent",
        pane: null,
        values: [{ value, ink: compareInk(place) }],
      },
    };
  });
}

/** The change of each product, the chart's own first. */
function comparison(
  drawn: readonly Candle[],
  compared: readonly Compared[],
): readonly StudyValues[] {
  const [first, last] = [drawn[0], drawn.at(-1)];
  if (first === undefined || last === undefined || compared.length === 0) return [];
  const value = percentOf(traded(last).close, traded(first).close);
  const own: StudyValues = {
    title: last.productId,
    unit: "percent",
    pane: null,
    values: [{ value, ink: null }],
  };
  return [own, ...compared.map(({ study }) => study)];
}

function pricePath(prices: readonly Cell[], { x, y }: CandlePaths): string {
  let path = "";
  prices.forEach((price, place) => {
    if (price !== null) path += `${path === "" ? "M" : "L"}${x(place)} ${y(price)}`;
  });
  return path;
}
