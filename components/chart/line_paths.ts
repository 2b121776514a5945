import type { IndicatorLine } from "../../lib/indicators/indicator_kind.ts";
import type { Study } from "../../lib/indicators/study.ts";
import { round } from "./plot_scale.ts";
import { type Ink, lineInk } from "./study_values.ts";

/** Where a plot's places and values are. Places are counted from the first candle there is. */
export interface LinePlot {
  /** The first and the last place drawn. */
  readonly from: number;
  readonly to: number;
  x(place: number): number;
  y(value: number): number;
  /** Half of a column's width. */
  readonly half: number;
}

/** A line as SVG path data. */
export interface LinePath {
  readonly path: string;
  readonly ink: Ink;
  readonly look: "line" | "faint" | "columns" | "fill";
}

/** An indicator's lines as paths, what lies behind first. */
export function linePaths(study: Study, place: number, plot: LinePlot): readonly LinePath[] {
  const { lines, kind } = study;
  const ends = kind.fill?.map((at) => lines[at]) ?? [];
  const [upper, lower] = ends;
  const fill: LinePath[] = upper === undefined || lower === undefined
    ? []
    : [{ path: bandPath(upper, lower, plot), ink: lineInk(place), look: "fill" }];
  return [...fill, ...lines.flatMap((line) => pathsOf(line, place, plot))];
}

/** All values of a study that a plot shows. */
export function valuesWithin(study: Study, { from, to }: Pick<LinePlot, "from" | "to">): number[] {
  return study.lines.flatMap(({ column, shift = 0 }) =>
    column.cells.slice(Math.max(0, from - shift), Math.max(0, to + 1 - shift))
      .flatMap((value) => value ?? [])
  );
}

function pathsOf(line: IndicatorLine, place: number, plot: LinePlot): readonly LinePath[] {
  const { style, trend, ink } = line;
  const sides = trend === undefined ? [null] : [1, -1];
  return sides.map((side) => ({
    path: style === "columns" ? columnsPath(line, side, plot) : linePath(line, side, plot),
    ink: side === null ? lineInk(place, ink) : side > 0 ? "up" as const : "down" as const,
    look: style,
  })).filter(({ path }) => path !== "");
}

/** The parts of a line on one side of a trend, or all of it. */
function linePath(line: IndicatorLine, side: number | null, plot: LinePlot): string {
  const { column, trend, shift = 0 } = line;
  let path = "";
  let isDrawing = false;
  for (let at = plot.from; at <= plot.to; at++) {
    const value = column.at(at - shift);
    if (value === null || side !== null && !isOn(trend?.at(at - shift), side)) isDrawing = false;
    else {
      path += `${isDrawing ? "L" : "M"}${plot.x(at)} ${plot.y(value)}`;
      isDrawing = true;
    }
  }
  return path;
}

function columnsPath(line: IndicatorLine, side: number | null, plot: LinePlot): string {
  const { column, trend, shift = 0 } = line;
  const foot = plot.y(0);
  let path = "";
  for (let at = plot.from; at <= plot.to; at++) {
    const value = column.at(at - shift);
    if (value === null || side !== null && !isOn(trend?.at(at - shift), side)) continue;
    const left = round(plot.x(at) - plot.half);
    path += `M${left} ${foot}V${plot.y(value)}h${round(plot.half * 2)}V${foot}z`;
  }
  return path;
}

function bandPath(upper: IndicatorLine, lower: IndicatorLine, plot: LinePlot): string {
  let path = "";
  let above: string[] = [];
  let below: string[] = [];
  const close = () => {
    if (above.length > 1) path += `M${above.join("L")}L${below.reverse().join("L")}z`;
    above = [];
    below = [];
  };
  for (let at = plot.from; at <= plot.to; at++) {
    const high = upper.column.at(at - (upper.shift ?? 0));
    const low = lower.column.at(at - (lower.shift ?? 0));
    if (high === null || low === null) close();
    else {
      above.push(`${plot.x(at)} ${plot.y(high)}`);
      below.push(`${plot.x(at)} ${plot.y(low)}`);
    }
  }
  close();
  return path;
}

function isOn(sign: number | null | undefined, side: number): boolean {
  return typeof sign === "number" && (side > 0 ? sign > 0 : sign <= 0);
}
