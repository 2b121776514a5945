import type { Granularity } from "../../lib/candles/granularity.ts";
import type { ChartView } from "./chart_view.ts";
import { chartQuery } from "./chart_view.ts";
import { GRANULARITIES, shortGranularity } from "../../lib/candles/granularity.ts";

/** Links to the same view in each granularity; relative, so that only one of them is the current page. */
export function GranularityTabs({ current, view }: { current: Granularity; view: ChartView }) {
  return (
    <nav class="granularities" aria-label="Granularity">
      {GRANULARITIES.map((granularity) => (
        <a
          key={granularity}
          href={chartQuery(granularity, view)}
          aria-current={granularity === current ? "page" : undefined}
        >
          {shortGranularity(granularity)}
        </a>
      ))}
    </nav>
  );
}
