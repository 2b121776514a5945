import { GRANULARITIES, type Granularity, parseGranularity } from "../candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../candles/product.ts";
import { echoed } from "../http/echo.ts";
import type { Problem, ProblemError } from "../http/problem.ts";
import type { KnownProducts } from "./stream_query.ts";
import { unknownProduct } from "./unknown_product.ts";

/** The chart that a URL requests, or its faults. */
export type ChartQuery =
  | { readonly kind: "query"; readonly productId: ProductId; readonly granularity: Granularity }
  | { readonly kind: "problem"; readonly problem: Problem };

/** Reads `product` and `granularity`, one of each. Every bad value is named in one answer. */
export function parseChartQuery({ searchParams }: URL, known: KnownProducts): ChartQuery {
  const errors: ProblemError[] = [];
  const read = <T>(
    parameter: string,
    parse: (text: string) => T | null,
    allowed: ProblemError["allowed"],
  ) => {
    const given = searchParams.getAll(parameter);
    const value = given.length === 1 ? parse(given[0] ?? "") : null;
    if (value === null) {
      errors.push({ parameter, value: echoed(given.join(",")) || null, allowed });
    }
    return value;
  };
  const productId = read("product", parseProductId, `one product: ${PRODUCT_ID_SHAPE}`);
  const granularity = read("granularity", parseGranularity, GRANULARITIES);
  if (productId === null || granularity === null) {
    return problem({ status: 400, title: "The query cannot be used", errors });
  }
  const unknown = unknownProduct(known, productId);
  return unknown === null ? { kind: "query", productId, granularity } : problem(unknown);
}

function problem(problem: Problem): ChartQuery {
  return { kind: "problem", problem };
}
