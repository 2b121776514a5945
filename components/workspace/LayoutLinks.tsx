import type { ProductId } from "../../lib/candles/product.ts";
import { Icon } from "../site/Icon.tsx";
import { gridShape, MAX_CHARTS } from "./grid_sizes.ts";
import { withCount, type WorkspaceLayout, workspaceQuery } from "./workspace_layout.ts";

/** The grids that are offered; the others come by adding and removing charts. */
const COUNTS = [1, 2, 4, 6, 9] as const;

/** Links to the same workspace with more or fewer charts, which in a browser change it in place. */
export function LayoutLinks({ layout, spare, onLayout }: {
  layout: WorkspaceLayout;
  /** Products for charts that are added, most traded first. */
  spare: readonly ProductId[];
  onLayout: ((layout: WorkspaceLayout) => void) | undefined;
}) {
  const { length } = layout.charts;
  const link = (count: number, label: string, path: string) => {
    const next = withCount(layout, count, spare);
    return (
      <a
        key={label}
        href={workspaceQuery(next)}
        aria-label={label}
        title={label}
        data-setting="Workspace"
        aria-current={count === length ? "true" : undefined}
        onClick={(event) => {
          if (onLayout === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onLayout(next);
        }}
      >
        <Icon path={path} />
      </a>
    );
  };
  return (
    <nav class="layout-links" aria-label="Number of charts">
      {COUNTS.map((count) => link(count, count === 1 ? "1 chart" : `${count} charts`, grid(count)))}
      {length < MAX_CHARTS && link(length + 1, "Add a chart", "M8 3v10M3 8h10")}
    </nav>
  );
}

/** A pictogram of a grid: a frame and the lines between its parts. */
function grid(charts: number): string {
  const { columns, rows } = gridShape(charts);
  const lines = (count: number, line: (at: number) => string) =>
    Array.from(
      { length: count - 1 },
      (_, index) => line(Math.round(20 + 120 * (index + 1) / count) / 10),
    ).join("");
  return `M2 2h12v12H2z${lines(columns, (x) => `M${x} 2v12`)}${lines(rows, (y) => `M2 ${y}h12`)}`;
}
