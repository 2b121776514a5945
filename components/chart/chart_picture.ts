import type { Candle } from "../../lib/candles/candle.ts";
import { candlesAhead, Study, warmUp } from "../../lib/indicators/study.ts";
import type { CandlePaths, ChartBox } from "./candle_geometry.ts";
import { candlePaths } from "./candle_geometry.ts";
import type { ChartView } from "./chart_view.ts";
import type { LinePath, LinePlot } from "./line_paths.ts";
import { linePaths, valuesWithin } from "./line_paths.ts";
import type { ScaleLine } from "./plot_scale.ts";
import { plotScale } from "./plot_scale.ts";
import type { StudyValues } from "./study_values.ts";
import { studyValues } from "./study_values.ts";
import { traded } from "./traded.ts";

/** A pane below the prices, as paths. */
export interface PanePicture {
  readonly study: StudyValues;
  readonly lines: readonly LinePath[];
  readonly scale: readonly ScaleLine[];
  /** Heights of values that are marked. */
  readonly levels: readonly number[];
}

/** A chart as a picture of one moment, for whoever has no script and as the first sight for everyone. */
export interface ChartPicture {
  readonly candles: readonly Candle[];
  readonly paths: CandlePaths;
  /** Over the prices and over the volume. */
  readonly lines: readonly LinePath[];
  /** Of the indicators over the prices. */
  readonly studies: readonly StudyValues[];
  readonly panes: readonly PanePicture[];
  /** The size that a pane's paths are drawn in. */
  readonly paneBox: { readonly width: number; readonly height: number };
}

const PANE = { height: 100, topShare: 0.15, bottomShare: 0.1 } as const;

/** How many candles a picture of so many takes, those included that its indicators need before them. */
export function pictureCandles(
  shown: number,
  { indicators, style }: ChartView,
  candleSeconds: number,
): number {
  // What an averaged bar opens with halves with every bar.
  const averaged = style === "heikin" ? 30 : 0;
  return shown + Math.max(averaged, warmUp(indicators, candleSeconds));
}

/** Draws the newest `shown` candles in a view; `candles` are all that are there, ascending. Null for none. */
export function chartPicture(
  candles: readonly Candle[],
  shown: number,
  view: ChartView,
  box: ChartBox,
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
  const paths = candlePaths(drawn, { ...box, emptySlots: box.emptySlots + ahead }, {
    style: view.style,
    scale: view.scale,
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
  const lines: LinePath[] = [];
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
    studies: values.filter(({ pane }) => pane === null),
    panes,
    paneBox: { width: box.width, height: PANE.height },
  };
}
