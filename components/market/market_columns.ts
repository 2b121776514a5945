import type { MarketSort } from "./market_order.ts";

/**
 * The dashboard's columns, in their order. Cells carry their column's name as `data-col`: style sheets and tests find
 * them by it, never by their place.
 */
export const MARKET_COLUMNS = [
  { name: "product", sort: "name", title: "Product" },
  { name: "price", sort: "price", title: "Price" },
  { name: "change", sort: "change", over: "24 h ", title: "change" },
  { name: "volume", sort: "volume", over: "24 h ", title: "volume" },
  { name: "line", sort: null, title: "Last 24 h" },
] as const satisfies readonly MarketColumn[];

/** The name of one of them. */
export type MarketColumnName = typeof MARKET_COLUMNS[number]["name"];

interface MarketColumn {
  readonly name: string;
  /** What its heading orders by; null for a heading that is no link. */
  readonly sort: MarketSort | null;
  /** Left out where there is no room for it. */
  readonly over?: string;
  readonly title: string;
}
