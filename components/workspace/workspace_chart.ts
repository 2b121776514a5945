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

/** One chart of a workspace: its product and granularity, and its view. */
export interface WorkspaceChart {
  readonly productId: ProductId;
  readonly multiple: Multiple;
  readonly view: ChartView;
}

/** An error in a part of an address. */
export interface AddressError {
  readonly parameter: string;
  readonly value: string;
  /** In words, after "allowed is". */
  readonly allowed: string;
  /** Sentences on what of a list cannot be used, instead of what is allowed. */
  readonly reason?: string;
}

const USUAL_GRANULARITY = "5m";
const PARAMETER = "chart";

/** The values that a view's settings may have. */
const VIEW_VALUES: Readonly<Record<string, string>> = {
  style: CHART_STYLES.join(", "),
  indicators: `a list such as ema:21,rsi of ${INDICATOR_KINDS.map(({ name }) => name).join(", ")}`,
  compare: `at most ${MAX_COMPARED} products such as ETH-USD,SOL-USD`,
  scale: SCALES.join(", "),
  zone: "utc, local",
};

/** The chart of another product; that is not compared with itself. */
export function withProduct(chart: WorkspaceChart, productId: ProductId): WorkspaceChart {
  const compare = chart.view.compare.filter((id) => id !== productId);
  return { ...chart, productId, view: { ...chart.view, compare } };
}

/** A chart with nothing chosen. */
export function plainChart(productId: ProductId, multiple: Multiple): WorkspaceChart {
  return { productId, multiple, view: PLAIN_VIEW };
}

/**
 * Writes a chart as addresses have it: `BTC-USD/4h/indicators=ema:21,rsi:14/scale=log`. The settings that a chart's own
 * page has in its query stand between slashes here.
 */
export function writeWorkspaceChart({ productId, multiple, view }: WorkspaceChart): string {
  const query = new URLSearchParams(chartQuery(multiple.name, view));
  query.delete("granularity");
  return [productId, shortMultiple(multiple), ...[...query].map((part) => part.join("="))].join(
    "/",
  );
}

/** Reads a chart. Every bad part is named; the chart is null without a product and granularity. */
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
      continue;
    }
    if (value === "") refuse(part, `${name}= with ${allowed}`);
    const { problems } = readChartView((one) => one === name ? value : null);
    if (problems.length > 0) {
      const reason = problems.map(({ message }) => message).join(" ");
      errors.push({
        parameter: PARAMETER,
        value: part,
        allowed: `${name}= with ${allowed}`,
        reason,
      });
    }
    // What is good of a list stays.
    query.set(name, value);
  }
  if (productId === null || multiple === null) return { chart: null, errors };
  const { view } = readChartView((name) => query.get(name));
  if (view.compare.includes(productId)) {
    refuse(`compare=${view.compare.join(",")}`, `compare= with products other than ${productId}`);
  }
  return { chart: withProduct({ productId, multiple, view }, productId), errors };
}
