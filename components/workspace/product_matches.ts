import { type Multiple, parseMultiple } from "../../lib/candles/multiple.ts";
import type { ProductId } from "../../lib/candles/product.ts";

/** A product that a search may find. */
export interface FindableProduct {
  readonly id: ProductId;
  /** `Bitcoin`. */
  readonly name: string;
}

/** A choice for a chart: another product, or another granularity. */
export type ChartChoice =
  | { readonly kind: "product"; readonly product: FindableProduct }
  | { readonly kind: "granularity"; readonly multiple: Multiple };

const MOST_CHOICES = 8;

/**
 * Finds what a text may mean: products whose id or name begins with it, or else has it, the most
 * traded first, as `products` are; or a granularity: `4h`, `90m`. A number alone is minutes, hours
 * or days.
 */
export function chartChoices(
  text: string,
  products: readonly FindableProduct[],
): readonly ChartChoice[] {
  const wanted = text.trim().toUpperCase();
  const lengths = /^\d+$/.test(wanted)
    ? ["M", "H", "D"].map((unit) => wanted + unit)
    : /^\d/.test(wanted) || wanted.includes("_")
    ? [wanted]
    : [];
  const granularities = lengths.flatMap((one) => parseMultiple(one) ?? [])
    .map((multiple): ChartChoice => ({ kind: "granularity", multiple }));
  const ranked = [0, 1, 2].flatMap((rank) =>
    products.filter((product) => rankOf(product, wanted) === rank)
  );
  return [...granularities, ...ranked.map((product): ChartChoice => ({ kind: "product", product }))]
    .slice(0, MOST_CHOICES);
}

/** How well a product fits: 0 best; null not at all. */
function rankOf({ id, name }: FindableProduct, wanted: string): number | null {
  if (id.startsWith(wanted)) return 0;
  const named = name.toUpperCase();
  if (named.startsWith(wanted)) return 1;
  return id.includes(wanted) || named.includes(wanted) ? 2 : null;
}
