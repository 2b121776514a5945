import type { Multiple } from "../../lib/candles/multiple.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import {
  equalSizes,
  gridShape,
  isEqual,
  LEAST_SHARE,
  MAX_CHARTS,
  parseSizes,
  writeSizes,
} from "./grid_sizes.ts";
import type { AddressError, WorkspaceChart } from "./workspace_chart.ts";
import { parseWorkspaceChart, plainChart, writeWorkspaceChart } from "./workspace_chart.ts";

/** What charts of a workspace share: the crosshair, and the times shown. */
export interface ChartLinks {
  readonly crosshair: boolean;
  readonly range: boolean;
}

/** A workspace as its address keeps it: charts in a grid, row by row. */
export interface WorkspaceLayout {
  readonly charts: readonly WorkspaceChart[];
  /** Widths of the columns and heights of the rows, in percent. */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  readonly links: ChartLinks;
}

/** Longest query that is read, in characters: nine charts with eight indicators each are some 1,500. */
const LONGEST_QUERY = 3000;
const LINK_SHAPE = "none, crosshair, range, or both of them (the default)";
const ALL_LINKED: ChartLinks = { crosshair: true, range: true };

/**
 * Reads `?chart=BTC-USD/5m&chart=…&columns=40,60&rows=50,50&link=range`. Every bad value is named; the layout is what is
 * left without them, and null if that is not a chart.
 */
export function parseWorkspace(
  search: string,
): { readonly layout: WorkspaceLayout | null; readonly errors: readonly AddressError[] } {
  if (search.length > LONGEST_QUERY) {
    const allowed = `a query of at most ${LONGEST_QUERY} characters`;
    return { layout: null, errors: [{ parameter: "chart", value: search, allowed }] };
  }
  const query = new URLSearchParams(search);
  const read = query.getAll("chart").map((text) => text.trim()).filter((text) => text !== "")
    .map(parseWorkspaceChart);
  const errors = read.flatMap((one) => one.errors);
  const found = read.flatMap(({ chart }) => chart ?? []);
  if (read.length > MAX_CHARTS) {
    const allowed = `at most ${MAX_CHARTS} of them`;
    errors.push({ parameter: "chart", value: `${read.length} charts`, allowed });
  }
  const charts = found.slice(0, MAX_CHARTS);
  const shape = gridShape(charts.length);
  const sizes = (name: "columns" | "rows") => {
    const text = query.get(name);
    const count = shape[name];
    const read = text === null ? equalSizes(count) : parseSizes(text, count);
    if (read === null && charts.length > 0) {
      const allowed = count === 1
        ? "100: there is one"
        : `${count} shares in percent, each at least ${LEAST_SHARE}, that add up to 100`;
      errors.push({ parameter: name, value: text ?? "", allowed });
    }
    return read ?? equalSizes(count);
  };
  const [columns, rows] = [sizes("columns"), sizes("rows")];
  const text = query.get("link");
  const links = text === null ? ALL_LINKED : parseLinks(text);
  if (links === null) errors.push({ parameter: "link", value: text ?? "", allowed: LINK_SHAPE });
  const layout = charts.length === 0 ? null : { charts, columns, rows, links: links ?? ALL_LINKED };
  return { layout, errors };
}

/** Writes the query that `parseWorkspace` reads; defaults are left out. */
export function workspaceQuery({ charts, columns, rows, links }: WorkspaceLayout): string {
  const parts = charts.map((chart) => `chart=${readable(writeWorkspaceChart(chart))}`);
  if (!isEqual(columns)) parts.push(`columns=${writeSizes(columns)}`);
  if (!isEqual(rows)) parts.push(`rows=${writeSizes(rows)}`);
  if (!links.crosshair || !links.range) {
    parts.push(`link=${links.crosshair ? "crosshair" : links.range ? "range" : "none"}`);
  }
  return `?${parts.join("&")}`;
}

/** A layout of these products in one granularity. */
export function plainLayout(products: readonly ProductId[], multiple: Multiple): WorkspaceLayout {
  return arranged(products.map((productId) => plainChart(productId, multiple)), ALL_LINKED);
}

/** The layout with `count` charts: its first ones and, if they are too few, `spare` products in the last one's length. */
export function withCount(
  layout: WorkspaceLayout,
  count: number,
  spare: readonly ProductId[],
): WorkspaceLayout {
  const charts = layout.charts.slice(0, count);
  const last = charts.at(-1);
  if (last === undefined) return layout;
  const isShown = (id: ProductId) => charts.some(({ productId }) => productId === id);
  // Where there are fewer products than places, one is shown again.
  for (const productId of [...spare.filter((id) => !isShown(id)), ...repeated(spare, count)]) {
    if (charts.length >= count) break;
    charts.push({ ...plainChart(productId, last.multiple), view: last.view });
  }
  return withCharts(layout, charts);
}

/** The layout without one of its charts; the last one stays. */
export function withoutChart(layout: WorkspaceLayout, index: number): WorkspaceLayout {
  const charts = layout.charts.filter((_, at) => at !== index);
  return charts.length === 0 ? layout : withCharts(layout, charts);
}

/** The layout with another chart in a place. */
export function withChart(
  layout: WorkspaceLayout,
  index: number,
  chart: WorkspaceChart,
): WorkspaceLayout {
  return { ...layout, charts: layout.charts.map((one, at) => at === index ? chart : one) };
}

/** Sizes stay where the grid is the same. */
function withCharts(layout: WorkspaceLayout, charts: readonly WorkspaceChart[]): WorkspaceLayout {
  const next = arranged(charts, layout.links);
  return {
    ...next,
    columns: next.columns.length === layout.columns.length ? layout.columns : next.columns,
    rows: next.rows.length === layout.rows.length ? layout.rows : next.rows,
  };
}

function arranged(charts: readonly WorkspaceChart[], links: ChartLinks): WorkspaceLayout {
  const { columns, rows } = gridShape(charts.length);
  return { charts, columns: equalSizes(columns), rows: equalSizes(rows), links };
}

function repeated(spare: readonly ProductId[], count: number): readonly ProductId[] {
  return spare.length === 0
    ? []
    : Array.from({ length: count }, () => spare).flat().slice(0, count);
}

function parseLinks(text: string): ChartLinks | null {
  if (text === "none") return { crosshair: false, range: false };
  const names = text.split(",");
  if (!names.every((name) => name === "crosshair" || name === "range")) return null;
  return { crosshair: names.includes("crosshair"), range: names.includes("range") };
}

/** Slashes, colons, commas and equals signs may stand in a query unescaped, and read better so. */
function readable(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /%2F|%3A|%2C|%3D/g,
    (code) => decodeURIComponent(code),
  );
}
