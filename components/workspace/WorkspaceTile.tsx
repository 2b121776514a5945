import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { PageRefusal } from "../../lib/browser/candle_pages.ts";
import { readCandleRows } from "../../lib/browser/candle_rows.ts";
import { shortMultiple } from "../../lib/candles/multiple.ts";
import type { LiveChart } from "../chart/browser/live_chart.ts";
import { ChartPanel } from "../chart/ChartPanel.tsx";
import { Icon } from "../site/Icon.tsx";
import { keyAction } from "../site/key_action.ts";
import type { LiveWorkspaceParts } from "./live_workspace_parts.ts";
import { chartSource, type TileData } from "./tile_data.ts";
import { TileHead } from "./TileHead.tsx";
import type { WorkspaceChart } from "./workspace_chart.ts";
import { TILE_KEYS } from "./workspace_keys.ts";

const RETRY_MS = 5000;

export interface WorkspaceTileProps {
  readonly chart: WorkspaceChart;
  /** Its place in the grid, from 1. */
  readonly number: number;
  /** Its data in the page; null for one that was chosen later. */
  readonly data: TileData | null;
  readonly live: LiveWorkspaceParts | undefined;
  /** Whether its choices can be used yet. */
  readonly isLive: boolean;
  readonly isActive: boolean;
  /** It is the only one, so it cannot be removed. */
  readonly isAlone: boolean;
  /** The server's drawing. */
  readonly children?: ComponentChildren;
  onActive(): void;
  onChart(chart: WorkspaceChart): void;
  /** Another product is to be chosen, beginning with a text. */
  onSearch(text: string): void;
  onRemove(): void;
}

/**
 * One chart of a workspace: the chart that a product's page has, with a head that shows and
 * selects what it is of.
 */
export function WorkspaceTile(props: WorkspaceTileProps) {
  const { chart, number, live, isAlone } = props;
  const open = useRef<LiveChart | null>(null);
  const { data, note } = useTileData(chart, props.data, live);
  const { productId, multiple, view } = chart;
  const candles = useMemo(
    () => data === null ? [] : readCandleRows(data.rows, productId, multiple.of),
    [data],
  );
  const source = chartSource(chart);
  const lead = () => {
    if (open.current !== null) live?.lead(open.current);
  };
  return (
    <div
      class="tile"
      id={`chart-${number}`}
      data-active={props.isActive ? "" : undefined}
      onFocusIn={props.onActive}
      onPointerDown={({ target }) => {
        props.onActive();
        lead();
        // The library keeps the browser from giving what is clicked the focus, and with it the keys.
        const mount = target instanceof Element ? target.closest(".chart-mount") : null;
        if (mount instanceof HTMLElement) mount.focus({ preventScroll: true });
      }}
      onWheel={lead}
      onKeyDown={(event) => {
        lead();
        if (!isChoosingKey(event)) return;
        event.preventDefault();
        props.onSearch(event.key);
      }}
    >
      <ChartPanel
        productId={productId}
        granularity={multiple.of}
        multiple={multiple}
        digits={data?.digits ?? 2}
        candles={candles}
        view={view}
        label={`Chart ${number}: ${productId}, ${shortMultiple(multiple)}`}
        source={data === null ? `${source} to come` : source}
        note={note}
        onView={(next) => props.onChart({ ...chart, view: next })}
        head={
          <TileHead
            chart={chart}
            number={number}
            isLive={props.isLive}
            onChart={props.onChart}
            onSearch={props.onSearch}
          />
        }
        tools={isAlone ? undefined : (
          <button
            type="button"
            aria-label={`Remove chart ${number}`}
            title="Remove this chart"
            onClick={props.onRemove}
          >
            <Icon path="m4 4 8 8M12 4l-8 8" />
          </button>
        )}
        {...(data === null || data.problem !== null || live === undefined ? {} : {
          open: (listener) => open.current = live.open(chart, data, candles, listener),
        })}
      >
        {props.children}
      </ChartPanel>
    </div>
  );
}

/** What the chart begins with: what the page has, or once it is of something else what is read then. */
function useTileData(
  chart: WorkspaceChart,
  first: TileData | null,
  live: LiveWorkspaceParts | undefined,
): { readonly data: TileData | null; readonly note: string } {
  const loaded = useSignal(first);
  const note = useSignal("");
  const source = chartSource(chart);
  useEffect(() => {
    if (live === undefined || loaded.peek()?.source === source) return;
    const gone = new AbortController();
    const load = async () => {
      note.value = "Loading…";
      while (!gone.signal.aborted) {
        try {
          const data = await live.load(chart, gone.signal);
          if (gone.signal.aborted) return;
          loaded.value = data;
          note.value = "";
          return;
        } catch (error) {
          if (gone.signal.aborted) return;
          if (error instanceof PageRefusal) {
            note.value = error.message;
            return;
          }
          note.value = "History cannot be reached at the moment; it is being tried again.";
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    };
    void load();
    return () => gone.abort();
  }, [source, live]);
  const data = loaded.value?.source === source ? loaded.value : null;
  return { data, note: note.value };
}

/** Whether a key begins the name of a product or granularity: a letter or digit that means nothing where it was typed. */
function isChoosingKey(event: KeyboardEvent): boolean {
  if (keyAction(TILE_KEYS, event) === null) return false;
  return !(event.target instanceof Element &&
    event.target.closest("input, select, textarea, .menu-box, [contenteditable]") !== null);
}
