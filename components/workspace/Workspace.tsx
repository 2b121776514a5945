import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { shortMultiple } from "../../lib/candles/multiple.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import { Icon } from "../site/Icon.tsx";
import { trackSizes } from "./grid_sizes.ts";
import { GridDivider } from "./GridDivider.tsx";
import { LayoutLinks } from "./LayoutLinks.tsx";
import type { LiveWorkspaceParts } from "./live_workspace_parts.ts";
import type { ChartChoice } from "./product_matches.ts";
import { ProductSearch, type SearchRequest } from "./ProductSearch.tsx";
import { SavedMenu } from "./SavedMenu.tsx";
import type { TileData } from "./tile_data.ts";
import { TileTabs } from "./TileTabs.tsx";
import { withProduct, type WorkspaceChart } from "./workspace_chart.ts";
import {
  type ChartLinks,
  withChart,
  withoutChart,
  type WorkspaceLayout,
  workspaceQuery,
} from "./workspace_layout.ts";
import { WorkspaceTile } from "./WorkspaceTile.tsx";

export interface WorkspaceProps {
  readonly layout: WorkspaceLayout;
  /** What each chart begins with, in the layout's order. */
  readonly tiles: readonly TileData[];
  /** Products for charts that are added, most traded first. */
  readonly spare: readonly ProductId[];
  readonly live?: LiveWorkspaceParts;
  /** The server's drawing of each chart. Absent in a browser, which has them in the page. */
  readonly drawings?: readonly ComponentChildren[];
}

/** A tile keeps its identity where others are added or removed before it. */
interface Place {
  readonly key: number;
  readonly data: TileData | null;
}

/** Charts in a grid, what they share, and controls for their number. */
export function Workspace({ tiles, spare, live, drawings, ...props }: WorkspaceProps) {
  const root = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const layout = useSignal(props.layout);
  const places = useSignal<readonly Place[]>(tiles.map((data, key) => ({ key, data })));
  const active = useSignal(0);
  const request = useSignal<SearchRequest | null>(null);
  const note = useSignal("");
  // Not immediately: hydration does not change what it finds.
  const isLive = useSignal(false);
  const { charts, columns, rows, links } = layout.value;

  const show = (next: WorkspaceLayout, keep = true) => {
    layout.value = next;
    if (keep) history.replaceState(history.state, "", workspaceQuery(next));
  };
  const arrange = (next: WorkspaceLayout, nextPlaces = places.peek()) => {
    const kept = nextPlaces.slice(0, next.charts.length);
    let key = Math.max(-1, ...places.peek().map((place) => place.key));
    while (kept.length < next.charts.length) kept.push({ key: ++key, data: null });
    places.value = kept;
    active.value = Math.min(active.peek(), next.charts.length - 1);
    show(next);
  };
  const replace = (index: number, chart: WorkspaceChart) =>
    show(withChart(layout.peek(), index, chart));
  const remove = (index: number) => {
    const tile = grid.current?.querySelector(`#chart-${index + 1}`) ?? null;
    // Its button is removed with it, so the next chart gets the focus.
    const neighbour = tile?.nextElementSibling?.closest(".tile") ?? tile?.previousElementSibling;
    arrange(
      withoutChart(layout.peek(), index),
      places.peek().filter((_, at) => at !== index),
    );
    const next = neighbour?.querySelector<HTMLElement>(".chart-mount");
    setTimeout(() => next?.focus({ preventScroll: true }));
  };
  const choose = (choice: ChartChoice) => {
    const index = (request.peek()?.number ?? 1) - 1;
    const chart = layout.peek().charts[index];
    if (chart === undefined) return;
    replace(
      index,
      choice.kind === "product"
        ? withProduct(chart, choice.product.id)
        : { ...chart, multiple: choice.multiple },
    );
  };
  const toggle = (name: keyof ChartLinks) => {
    const next = { ...links, [name]: !links[name] };
    live?.link(next);
    show({ ...layout.peek(), links: next });
  };
  const fill = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else root.current?.requestFullscreen().catch(() => note.value = "Full screen was refused.");
  };

  useEffect(() => {
    isLive.value = live !== undefined;
  }, [live]);

  useEffect(() => {
    grid.current?.style.setProperty("--columns", trackSizes(columns));
    grid.current?.style.setProperty("--rows", trackSizes(rows));
  }, [columns, rows]);

  const linkButton = (name: keyof ChartLinks, text: string, title: string, path: string) => (
    <button
      type="button"
      aria-pressed={links[name] ? "true" : "false"}
      aria-label={`Link ${text.toLowerCase()}`}
      title={title}
      data-setting="Workspace"
      onClick={() => toggle(name)}
    >
      <Icon path={path} />
      <span>{text}</span>
    </button>
  );
  const dividers = (axis: "column" | "row") => {
    const sizes = axis === "column" ? columns : rows;
    return sizes.slice(1).map((_, index) => (
      <GridDivider
        key={`${axis}${index}`}
        axis={axis}
        index={index}
        sizes={sizes}
        onSizes={(next, isDone) =>
          show({ ...layout.peek(), [axis === "column" ? "columns" : "rows"]: next }, isDone)}
      />
    ));
  };
  return (
    <div class="workspace" ref={root}>
      <div class="workspace-bar">
        <h1 class="sr-only">Workspace</h1>
        <LayoutLinks
          layout={layout.value}
          spare={spare}
          onLayout={live === undefined ? undefined : arrange}
        />
        <div class="chart-tools" inert={!isLive.value}>
          {linkButton(
            "crosshair",
            "Crosshair",
            "Point at the same time on all charts",
            "M8 2v12M2 8h12",
          )}
          {linkButton(
            "range",
            "Range",
            "Show the same times on all charts",
            "M2 8h12M5 5 2 8l3 3M11 5l3 3-3 3",
          )}
          <SavedMenu saved={live?.saved} query={workspaceQuery(layout.value)} />
          <button
            type="button"
            aria-label="Whole workspace on full screen"
            title="Full screen"
            data-setting="Workspace"
            onClick={fill}
          >
            <Icon path="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />
          </button>
        </div>
        <p class="workspace-note" role="status">{note}</p>
      </div>
      <TileTabs
        names={charts.map(({ productId, multiple }) => `${productId} ${shortMultiple(multiple)}`)}
        grid={grid}
      />
      <div class="workspace-grid" data-count={charts.length} ref={grid}>
        {charts.map((chart, index) => (
          <WorkspaceTile
            key={places.value[index]?.key}
            chart={chart}
            number={index + 1}
            data={places.value[index]?.data ?? null}
            live={live}
            isActive={isLive.value && charts.length > 1 && active.value === index}
            isAlone={charts.length === 1}
            onActive={() => active.value = index}
            onChart={(next) => replace(index, next)}
            onSearch={(text) => request.value = { number: index + 1, text }}
            onRemove={() => remove(index)}
          >
            {drawings?.[index]}
          </WorkspaceTile>
        ))}
        {dividers("column")}
        {dividers("row")}
      </div>
      <ProductSearch
        request={request.value}
        live={live}
        onChoose={choose}
        onClose={() => request.value = null}
      />
    </div>
  );
}
