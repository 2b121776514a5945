import { MARKET_COLUMNS } from "./market_columns.ts";
import type { Screen } from "./screen.ts";
import { writeScreen } from "./screen.ts";
import type { ScreenValues } from "./screen_values.ts";
import type { MarketView } from "./market_view.ts";
import { writeMarketView } from "./market_view.ts";

/** What the dashboard can be ordered by. */
export type MarketSort = keyof Sortable;

/** An order of the dashboard; the default is most traded first. */
export interface MarketOrder {
  readonly sort: MarketSort;
  readonly descending: boolean;
}

/** The values by which rows are ordered and chosen; floats for display, null where unknown. */
export interface Sortable extends ScreenValues {
  readonly name: string;
  readonly price: number | null;
  /** Percent in 24 hours. */
  readonly change: number | null;
  readonly volume: number | null;
  readonly exact: number | null;
}

const SORTS: readonly MarketSort[] = MARKET_COLUMNS.flatMap(({ sort }) => sort ?? []);

/** Reads `?sort=…&order=asc|desc`; what is not understood is the default, since it is only a view. */
export function parseMarketOrder(query: URLSearchParams): MarketOrder {
  const sort = SORTS.find((name) => name === query.get("sort")) ?? "volume";
  const order = query.get("order");
  return { sort, descending: order === null ? sort !== "name" : order !== "asc" };
}

/**
 * The link of a column's heading: orders by it, or turns its order round; the view stays. It is
 * relative: Fresh would mark a link with a path as one to the current page.
 */
export function orderLink(
  sort: MarketSort,
  current: MarketOrder,
  view: MarketView,
  screen: Screen,
): string {
  const descending = current.sort === sort ? !current.descending : sort !== "name";
  const query = new URLSearchParams({ sort, order: descending ? "desc" : "asc" });
  writeMarketView(query, view);
  writeScreen(query, screen);
  // Commas may stand in a query as they are, and read better so.
  return `?${`${query}`.replaceAll("%2C", ",")}`;
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
