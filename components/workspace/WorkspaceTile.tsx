import { useSignal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { hydrate, render } from "preact";
import type { MutableRef } from "preact/hooks";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { PageRefusal } from "../../lib/browser/candle_pages.ts";
import { readCandleRows } from "../../lib/browser/candle_rows.ts";
import { shortMultiple } from "../../lib/candles/multiple.ts";
import type { LiveChart } from "../chart/browser/live_chart.ts";
import { nearView } from "../chart/browser/near_view.ts";
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
 * One chart of a workspace. In a browser its content is a root of its own, which takes over what the server rendered
 * when it is this tile's turn: once it is in sight, which on a phone is one at a time.
 */
export function WorkspaceTile(props: WorkspaceTileProps) {
  const { live } = props;
  const place = useRef<HTMLDivElement>(null);
  const open = useRef<LiveChart | null>(null);
  const isTaken = useRef(false);
  const content = useRef<VNode | null>(null);
  const end = useRef(() => {});
  content.current = <TileContent {...props} chartRef={open} onLive={() => end.current()} />;

  useLayoutEffect(() => {
    const element = place.current;
    if (live === undefined || element === null) return;
    // What the page has is of the tile as it is now, however it looks when its turn comes.
    const first = content.current;
    let withdraw = () => {};
    const request = () => {
      withdraw = live.turns.request((done) => {
        end.current = done;
        isTaken.current = true;
        hydrate(first, element);
        if (content.current !== first) render(content.current, element);
      });
    };
    const gone = new AbortController();
    // The server rendered nothing of one that was added here.
    if (props.data === null || isInSight(element)) request();
    else {
      void nearView(element, gone.signal).then(() => {
        if (!gone.signal.aborted) request();
      });
    }
    return () => {
      gone.abort();
      withdraw();
      render(null, element);
    };
  }, [live]);

  useLayoutEffect(() => {
    if (isTaken.current && place.current !== null) render(content.current, place.current);
  });

  const lead = () => {
    if (open.current !== null) live?.lead(open.current);
  };
  const tile = {
    class: "tile",
    id: `chart-${props.number}`,
    "data-active": props.isActive ? "" : undefined,
    ref: place,
    onFocusIn: props.onActive,
    onPointerDown({ target }: PointerEvent) {
      props.onActive();
      lead();
      // The library keeps the browser from giving what is clicked the focus, and with it the keys.
      const mount = target instanceof Element ? target.closest(".chart-mount") : null;
      if (mount instanceof HTMLElement) mount.focus({ preventScroll: true });
    },
    onWheel: lead,
    onKeyDown(event: KeyboardEvent) {
      lead();
      if (!isChoosingKey(event)) return;
      event.preventDefault();
      props.onSearch(event.key);
    },
  };
  return live === undefined
    ? <div {...tile}>{content.current}</div>
    : <div {...tile} dangerouslySetInnerHTML={KEPT} />;
}

/** Preact leaves the content of an element alone that is given as HTML. */
const KEPT = { __html: "" };

interface TileContentProps extends WorkspaceTileProps {
  readonly chartRef: MutableRef<LiveChart | null>;
  /** It is live, or has nothing that could be. */
  onLive(): void;
}

/** The chart that a product's page has, with a head that shows and selects what it is of. */
function TileContent(props: TileContentProps) {
  const { chart, number, live, isAlone, chartRef } = props;
  const { data, note } = useTileData(chart, props.data, live);
  // Not immediately: hydration does not change what it finds.
  const isLive = useSignal(false);
  const { productId, multiple, view } = chart;
  const candles = useMemo(
    () => data === null ? [] : readCandleRows(data.rows, productId, multiple.of),
    [data],
  );
  const source = chartSource(chart);
  // After the panel's own effect, which opens the chart.
  useEffect(() => {
    isLive.value = live !== undefined;
    props.onLive();
  }, [live]);
  return (
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
          isLive={isLive.value}
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
        open: (listener) => chartRef.current = live.open(chart, data, candles, listener),
      })}
    >
      {props.children}
    </ChartPanel>
  );
}

/** Immediately, where `nearView` waits for a frame: a hidden tab has none, and its charts in sight are live as well. */
function isInSight(element: HTMLElement): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const grid = element.parentElement?.getBoundingClientRect();
  // On a phone, the next one begins where the one in sight ends.
  return right > Math.max(0, grid?.left ?? 0) && left < Math.min(innerWidth, grid?.right ?? 0) &&
    bottom > 0 && top < innerHeight;
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
