import { parseMultiple, shortMultiple } from "../../lib/candles/multiple.ts";
import { chartQuery } from "../chart/chart_view.ts";
import { Icon } from "../site/Icon.tsx";
import type { WorkspaceChart } from "./workspace_chart.ts";

/** The granularities that are offered; any other multiple is typed. */
const OFFERED = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "3d", "7d"];
const OTHER = "other";

/** Shows and selects what a chart is of. Without script it leads to the product's own page. */
export function TileHead({ chart, number, isLive, onChart, onSearch }: {
  chart: WorkspaceChart;
  /** The chart's place in the grid, from 1. */
  number: number;
  /** Whether something can be chosen yet. */
  isLive: boolean;
  onChart: (chart: WorkspaceChart) => void;
  /** Another product or granularity is to be searched for, beginning with a text. */
  onSearch: (text: string) => void;
}) {
  const { productId, multiple, view } = chart;
  const current = shortMultiple(multiple);
  const offered = OFFERED.includes(current) ? OFFERED : [current, ...OFFERED];
  return (
    <div class="tile-head">
      <h2>
        <a
          href={`/products/${productId}${chartQuery(multiple.name, view)}`}
          title={`${productId} on its own page`}
        >
          {productId}
        </a>
        <span>{current}</span>
      </h2>
      <div class="tile-choice" inert={!isLive}>
        <button
          type="button"
          aria-haspopup="dialog"
          aria-label={`Another product for chart ${number}`}
          title="Another product: or just type its name"
          onClick={() => onSearch("")}
        >
          <Icon path="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.5 10.5l3 3" />
        </button>
        <select
          aria-label={`Granularity of chart ${number}`}
          data-setting="Granularity"
          value={current}
          onChange={({ currentTarget }) => {
            const chosen = parseMultiple(currentTarget.value);
            if (chosen !== null) return onChart({ ...chart, multiple: chosen });
            currentTarget.value = current;
            onSearch("");
          }}
        >
          {offered.map((name) => (
            <option key={name} value={name} selected={name === current}>{name}</option>
          ))}
          <option value={OTHER}>Other…</option>
        </select>
      </div>
    </div>
  );
}
