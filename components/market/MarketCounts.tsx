import { ExactSummary } from "./ExactSummary.tsx";
import type { MarketRow } from "./market_row.ts";

/** The market in one line; `LiveMarket` keeps its counts. */
export function MarketCounts({ rows }: { rows: readonly MarketRow[] }) {
  const count = (side: "up" | "down") =>
    rows.filter(({ change }) => change?.direction === side).length;
  return (
    <p>
      {rows.length} {rows.length === 1 ? "product" : "products"},{" "}
      <span class="up">{count("up")} up</span>, <span class="down">{count("down")} down</span>{" "}
      over 24 hours · <ExactSummary rows={rows} />
    </p>
  );
}
