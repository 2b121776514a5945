import { ExactSummary } from "./ExactSummary.tsx";
import type { MarketRow } from "./market_row.ts";

/**
 * The market in one line. `LiveMarket` keeps its counts by the rows that are shown, if these are all of them; if not, they
 * stay what they are until the page's news come.
 */
export function MarketCounts({ rows, isWhole }: {
  rows: readonly MarketRow[];
  /** Whether the table has all of the rows. */
  isWhole: boolean;
}) {
  const counts = countSides(rows);
  const side = (name: "up" | "down") => (
    <span class={name} id={isWhole ? name : undefined} data-news={name}>
      {counts[name]} {name}
    </span>
  );
  return (
    <p>
      {rows.length} {rows.length === 1 ? "product" : "products"}, {side("up")}, {side("down")}{" "}
      over 24 hours · <ExactSummary rows={rows} />
    </p>
  );
}

/** How many products rose and fell in 24 hours. */
export function countSides(
  rows: readonly MarketRow[],
): { readonly up: number; readonly down: number } {
  const count = (side: "up" | "down") =>
    rows.filter(({ change }) => change?.direction === side).length;
  return { up: count("up"), down: count("down") };
}
