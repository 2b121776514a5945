import {
  type Multiple,
  MULTIPLE_SHAPE,
  parseMultiple,
  shortMultiple,
} from "../../lib/candles/multiple.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../../lib/candles/product.ts";
import { INDICATOR_KINDS } from "../../lib/indicators/indicator_table.ts";
import type { ChartView } from "../chart/chart_view.ts";
import { CHART_STYLES, chartQuery, MAX_COMPARED, PLAIN_VIEW, SCALES } from "../chart/chart_view.ts";
import { readChartView } from "../chart/read_chart_view.ts";

/** What one chart of a workspace is of, and how it is looked at. */
export interface WorkspaceChart {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  readonly view: ChartView;
}

/** What is wrong with a part of an address. */
export interface AddressError {
  readonly parameter: string;
  readonly value: string;
  /** In words, after "allowed is". */
  readonly allowed: string;
}

const USUAL_GRANULARITY = "5m";
const PARAMETER = "chart";

/** What may be said of a view, and how. */
const VIEW_VALUES: Readonly<Record<string, string>> = {
  style: CHART_STYLES.join(", "),
  indicators: `a list such as ema:21,rsi of ${INDICATOR_KINDS.map(({ name }) => name).join(", ")}`,
  compare: `at most ${MAX_COMPARED} products such as ETH-USD,SOL-USD`,
  scale: SCALES.join(", "),
  zone: "utc, local",
};

/** A chart with nothing chosen. */
export function plainChart(productId: ProductId, multiple: Multiple): WorkspaceChart {
  return { productId, multiple, view: PLAIN_VIEW };
}

/**
 * Writes a chart as addresses have it: `BTC-USD/4h/indicators=ema:21,rsi:14/scale=log`. What a chart's own page keeps in
 * its query is here between strokes.
 */
export function writeWorkspaceChart({ productId, multiple, view }: WorkspaceChart): string {
  const query = new URLSearchParams(chartQuery(multiple.name, view));
  query.delete("granularity");
  return [productId, shortMultiple(multiple), ...[...query].map((part) => part.join("="))].join(
    "/",
  );
}

/** Reads a chart; every bad part of it is named, and the chart is null if it is of nothing. */
export function parseWorkspaceChart(
  text: string,
): { readonly chart: WorkspaceChart | null; readonly errors: readonly AddressError[] } {
  const [product = "", length = USUAL_GRANULARITY, ...parts] = text.split("/");
  const productId = parseProductId(product.toUpperCase());
  const multiple = parseMultiple(length);
  const errors: AddressError[] = [];
  const refuse = (value: string, allowed: string) =>
    errors.push({ parameter: PARAMETER, value, allowed });
  if (productId === null) refuse(product, PRODUCT_ID_SHAPE);
  if (multiple === null) refuse(length, MULTIPLE_SHAPE);
  const query = new URLSearchParams();
  for (const part of parts) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    const value = at < 0 ? "" : part.slice(at + 1);
    const allowed = Object.hasOwn(VIEW_VALUES, name) ? VIEW_VALUES[name] : undefined;
    if (allowed === undefined) {
      refuse(part, `${Object.keys(VIEW_VALUES).map((one) => `${one}=…`).join(", ")}`);
    } else if (!isOf(name, value)) refuse(part, `${name}= with ${allowed}`);
    else query.set(name, value);
  }
  const chart = productId === null || multiple === null
    ? null
    : { productId, multiple, view: readChartView((name) => query.get(name)).view };
  return { chart, errors };
}

/** Whether all of a value can be used for what it is said of. */
function isOf(name: string, value: string): boolean {
  return value !== "" && readChartView((one) => one === name ? value : null).problems.length === 0;
}
