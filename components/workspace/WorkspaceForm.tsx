import { MAX_CHARTS } from "./grid_sizes.ts";
import { writeWorkspaceChart } from "./workspace_chart.ts";
import type { WorkspaceLayout } from "./workspace_layout.ts";

/** Chooses charts without script, each written as in the address. */
export function WorkspaceForm({ layout }: { layout: WorkspaceLayout }) {
  return (
    <form class="workspace-form" action="/workspace">
      <p>
        A chart is a product and a granularity, such as <code>BTC-USD/4h</code> or{" "}
        <code>ETH-USD/90m/indicators=ema:21,rsi</code>. Empty ones are left out.
      </p>
      {Array.from({ length: MAX_CHARTS }, (_, index) => {
        const chart = layout.charts[index];
        return (
          <input
            key={index}
            type="text"
            name="chart"
            aria-label={`Chart ${index + 1}`}
            value={chart === undefined ? "" : writeWorkspaceChart(chart)}
          />
        );
      })}
      <button class="btn btn-primary" type="submit">Show</button>
    </form>
  );
}
