import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../../lib/candles/product.ts";
import { parseIndicators } from "../../lib/indicators/parse_indicators.ts";
import { quoted } from "../../lib/indicators/quoted.ts";
import type { ChartView } from "./chart_view.ts";
import { CHART_STYLES, MAX_COMPARED, SCALES } from "./chart_view.ts";

/** A view that was read, and what of it could not be used. */
export interface ReadChartView {
  readonly view: ChartView;
  readonly problems: readonly ViewProblem[];
}

/** What cannot be used of a parameter, in a sentence. */
export interface ViewProblem {
  readonly name: string;
  readonly message: string;
}

const ZONES = ["utc", "local"] as const;
const MOST_PARTS = 100;

/**
 * Reads `?style=heikin&indicators=ema:21,rsi&scale=log&zone=local&compare=ETH-USD,SOL-USD`, or attributes of these names; what cannot be used is the
 * default, and is named.
 */
export function readChartView(parameter: (name: string) => string | null): ReadChartView {
  const { indicators, problems } = parseIndicators(parameter("indicators"));
  const found = problems.map((message) => ({ name: "indicators", message }));
  const compared = readCompared(parameter("compare"));
  found.push(...compared.problems.map((message) => ({ name: "compare", message })));
  const choose = <T extends string>(name: string, allowed: readonly T[], usual: T): T => {
    const text = parameter(name)?.trim() ?? "";
    const value = text === "" ? usual : allowed.find((one) => one === text.toLowerCase());
    if (value === undefined) {
      const message = `No ${name}: ${quoted(text)}. There are ${allowed.join(", ")}.`;
      found.push({ name, message });
    }
    return value ?? usual;
  };
  return {
    view: {
      style: choose("style", CHART_STYLES, "candles"),
      indicators,
      compare: compared.products,
      scale: choose("scale", SCALES, "linear"),
      zone: choose("zone", ZONES, "utc"),
    },
    problems: found,
  };
}

/** Reads a list of products; whether they exist, only the server knows. */
function readCompared(
  text: string | null,
): { readonly products: readonly ProductId[]; readonly problems: readonly string[] } {
  const products = new Set<ProductId>();
  const problems = new Set<string>();
  for (const part of (text ?? "").split(",", MOST_PARTS)) {
    const written = part.trim();
    if (written === "") continue;
    const id = parseProductId(written.toUpperCase());
    if (id === null) problems.add(`No product id: ${quoted(written)}. It is ${PRODUCT_ID_SHAPE}.`);
    else if (products.size < MAX_COMPARED || products.has(id)) products.add(id);
    else {
      problems.add(
        `At most ${MAX_COMPARED} products can be compared: ${quoted(written)} is left out.`,
      );
    }
  }
  return { products: [...products], problems: [...problems].slice(0, 4) };
}
