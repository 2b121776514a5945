import { useRef } from "preact/hooks";
import { keyAction } from "../site/key_action.ts";
import { LEAST_SHARE, withMovedBorder } from "./grid_sizes.ts";
import { COLUMN_KEYS, ROW_KEYS } from "./workspace_keys.ts";

/** By how many percent a key moves a border. */
const PERCENT = { less: -2, more: 2, muchLess: -10, muchMore: 10, least: -100, most: 100 } as const;

/** The border between two columns or rows, which mouse, finger and keys move. */
export function GridDivider({ axis, index, sizes, onSizes }: {
  readonly axis: "column" | "row";
  /** Of the column or row before it. */
  readonly index: number;
  /** Of all columns or rows, in percent. */
  readonly sizes: readonly number[];
  /** `isDone` is false while it is being dragged. */
  readonly onSizes: (sizes: readonly number[], isDone: boolean) => void;
}) {
  const held = useRef<{ readonly at: number; readonly sizes: readonly number[] } | null>(null);
  const isColumn = axis === "column";
  const both = (sizes[index] ?? 0) + (sizes[index + 1] ?? 0);
  const place = ({ clientX, clientY }: PointerEvent) => isColumn ? clientX : clientY;
  const move = (percent: number) => onSizes(withMovedBorder(sizes, index, percent), true);
  const drag = (event: PointerEvent, isDone: boolean) => {
    const { current } = held;
    const grid = event.currentTarget instanceof Element ? event.currentTarget.parentElement : null;
    if (current === null || grid === null) return;
    const whole = isColumn ? grid.clientWidth : grid.clientHeight;
    const percent = (place(event) - current.at) / whole * 100;
    onSizes(withMovedBorder(current.sizes, index, percent), isDone);
  };
  return (
    <div
      class="divider"
      role="separator"
      tabindex={0}
      aria-orientation={isColumn ? "vertical" : "horizontal"}
      aria-label={isColumn ? `Width of column ${index + 1}` : `Height of row ${index + 1}`}
      aria-valuenow={Math.round(sizes[index] ?? 0)}
      aria-valuemin={LEAST_SHARE}
      aria-valuemax={Math.round(both - LEAST_SHARE)}
      title="Drag to change sizes; twice for equal ones"
      data-axis={axis}
      data-line={index + 1}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { at: place(event), sizes };
      }}
      onPointerMove={(event) => drag(event, false)}
      onPointerUp={(event) => {
        drag(event, true);
        held.current = null;
      }}
      onPointerCancel={() => {
        held.current = null;
      }}
      onDblClick={() => move(both / 2 - (sizes[index] ?? 0))}
      onKeyDown={(event) => {
        const action = keyAction(isColumn ? COLUMN_KEYS : ROW_KEYS, event);
        if (action === null) return;
        event.preventDefault();
        move(action === "equal" ? both / 2 - (sizes[index] ?? 0) : PERCENT[action]);
        event.currentTarget.focus();
      }}
    />
  );
}
