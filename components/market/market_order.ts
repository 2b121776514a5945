import type { MarketView } from "./market_view.ts";
import { writeMarketView } from "./market_view.ts";

/** What the dashboard can be ordered by. */
export type MarketSort = "volume" | "price" | "change" | "name";

/** An order of the dashboard; the default is most traded first. */
export interface MarketOrder {
  readonly sort: MarketSort;
  readonly descending: boolean;
}

/** What ordering looks at; drawing numbers, null where unknown. */
export interface Sortable {
  readonly name: string;
  readonly price: number | null;
  readonly change: number | null;
  readonly volume: number | null;
}

const SORTS: readonly MarketSort[] = ["volume", "price", "change", "name"];

/** Reads `?sort=…&order=asc|desc`; what is not understood is the default, since it is only a view. */
export function parseMarketOrder(query: URLSearchParams): MarketOrder {
  const sort = SORTS.find((name) => name === query.get("sort")) ?? "volume";
  const order = query.get("order");
  return { sort, descending: order === null ? sort !== "name" : order !== "asc" };
}

/**
 * The link of a column's heading: orders by it, or turns its order round; the view stays. It is relative: it leads to
 * no other page, which Fresh would mark a path's link for.
 */
export function orderLink(sort: MarketSort, current: MarketOrder, view: MarketView): string {
  const descending = current.sort === sort ? !current.descending : sort !== "name";
  const query = new URLSearchParams({ sort, order: descending ? "desc" : "asc" });
  writeMarketView(query, view);
  return `?${query}`;
}

/** Orders rows; the unknown come last either way, and equals keep their place. */
export function inMarketOrder<Row extends Sortable>(
  rows: readonly Row[],
  { sort, descending }: MarketOrder,
): readonly Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (sort === "name") return sign * (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const left = a[sort];
    const right = b[sort];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}
