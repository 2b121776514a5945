import type { ChartView } from "./chart_view.ts";
import { chartQuery } from "./chart_view.ts";
import {
  GRANULARITIES,
  GRANULARITY_SECONDS,
  shortGranularity,
} from "../../lib/candles/granularity.ts";
import { type Multiple, shortMultiple } from "../../lib/candles/multiple.ts";

interface Tab {
  readonly name: string;
  readonly seconds: number;
  readonly text: string;
}

/**
 * Links to the same view in each granularity, and in the multiple that is shown if it is one; relative, so that only one
 * of them is the current page.
 */
export function GranularityTabs({ current, view }: { current: Multiple; view: ChartView }) {
  return (
    <nav class="granularities" aria-label="Granularity">
      {tabsWith(current).map(({ name, text }) => (
        <a
          key={name}
          href={chartQuery(name, view)}
          data-setting="Granularity"
          aria-current={name === current.name ? "page" : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  );
}

function tabsWith(current: Multiple): readonly Tab[] {
  const tabs: Tab[] = GRANULARITIES.map((name) => ({
    name,
    seconds: GRANULARITY_SECONDS[name],
    text: shortGranularity(name),
  }));
  if (current.parts === 1) return tabs;
  const { name, seconds } = current;
  return [...tabs, { name, seconds, text: shortMultiple(current) }]
    .sort((a, b) => a.seconds - b.seconds);
}
