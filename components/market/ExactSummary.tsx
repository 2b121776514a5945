import { Hint } from "../site/Hint.tsx";
import { shortSince } from "../site/exact_past_text.ts";
import type { MarketRow } from "./market_row.ts";

const MEANING =
  "An exact candle holds every trade of its time, proven by the exchange’s trade numbers, and never changes: " +
  "the column has the date from which each product’s candles are exact.";

/** How much of the market is exact since when, in a few words. */
export function ExactSummary({ rows }: { rows: readonly MarketRow[] }) {
  return (
    <Hint id="exact-meaning" text={MEANING}>
      <span data-news="exact">{exactSummary(rows)}</span>
    </Hint>
  );
}

/** `All exact since 20 Nov`, `14 of 20 exact since 20 Nov, 6 growing`. */
export function exactSummary(rows: readonly Pick<MarketRow, "exact">[]): string {
  const starts = rows.flatMap(({ exact }) => exact.since ?? []);
  if (starts.length === 0) return "No product is exact yet";
  const since = starts.reduce((latest, start) => start > latest ? start : latest);
  const many = starts.length === rows.length ? "All" : `${starts.length} of ${rows.length}`;
  const growing = rows.filter(({ exact }) => exact.since !== null && exact.state === "growing");
  return `${many} exact since ${shortSince(since)}` +
    (growing.length === 0 ? "" : `, ${growing.length} growing`);
}
