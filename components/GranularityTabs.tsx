import type { Granularity } from "../lib/candles/granularity.ts";
import { GRANULARITIES, shortGranularity } from "../lib/candles/granularity.ts";

/** Links to the same page in each granularity; relative, so that only one of them is the current page. */
export function GranularityTabs({ current }: { current: Granularity }) {
  return (
    <nav class="granularities" aria-label="Granularity">
      {GRANULARITIES.map((granularity) => (
        <a
          key={granularity}
          href={`?granularity=${granularity}`}
          aria-current={granularity === current ? "page" : undefined}
        >
          {shortGranularity(granularity)}
        </a>
      ))}
    </nav>
  );
}
