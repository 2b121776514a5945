import type { Drawing } from "../../../lib/drawings/drawing.ts";
import { movedBy } from "../../../lib/drawings/moving.ts";
import type { Point } from "../../../lib/drawings/plot.ts";
import { keyAction } from "../../site/key_action.ts";
import { DRAWING_KEYS } from "../drawing_keys.ts";
import type { DrawingBoard } from "./drawing_board.ts";

/** Pixels that a pointer, and a finger, may be away from a line. */
const REACH = { mouse: 6, touch: 18 };
/** Pixels that a pointer may tremble without having been dragged. */
const TREMBLE = 4;
const STEP = 4;
const LEAP = 10;

/** A press that is under way. */
interface Press {
  readonly from: Point;
  /** The drawing as it was, while one is moved; null while one is made. */
  readonly moved: Drawing | null;
  readonly end: number | null;
  isDragged: boolean;
}

/**
 * Draws, selects and moves with mouse, finger and keys. Gestures on drawings do not reach the
 * chart, which would scroll with them; all others do. Returns how to stop.
 */
export function listenToGestures(board: DrawingBoard): () => void {
  const { element } = board.surface;
  const stopped = new AbortController();
  const { signal } = stopped;
  let press: Press | null = null;

  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const isInPlot = ({ x, y }: Point) =>
    x >= 0 && y >= 0 && x <= board.plot.width && y <= board.plot.height;

  const down = (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0) return;
    const point = pointOf(event);
    if (!isInPlot(point)) return;
    press = begin(event, point);
    if (press === null) return;
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
  };

  const begin = (event: PointerEvent, from: Point): Press | null => {
    if (board.tool.value !== null) {
      // The second press of a drawing that was begun with a click ends it.
      if (board.draft.value !== null) {
        stretch(from);
        return { from, moved: null, end: null, isDragged: true };
      }
      const anchor = board.anchorAt(from);
      const draft = anchor === null ? null : board.begin(anchor);
      if (draft === null) return null;
      board.draft.value = draft;
      return { from, moved: null, end: null, isDragged: false };
    }
    const hit = board.hit(from, event.pointerType === "mouse" ? REACH.mouse : REACH.touch);
    board.select(hit?.drawing ?? null);
    return hit === null ? null : { from, moved: hit.drawing, end: hit.end, isDragged: false };
  };

  /** Brings the last anchor of the drawing that is being made to a point. */
  const stretch = (point: Point) => {
    const draft = board.draft.value;
    const anchor = board.anchorAt(point);
    if (draft === null || anchor === null) return;
    board.draft.value = { ...draft, anchors: [...draft.anchors.slice(0, -1), anchor] };
  };

  const move = (event: PointerEvent) => {
    const point = pointOf(event);
    if (press === null) {
      if (board.draft.value !== null) stretch(point);
      element.dataset.drawing = board.tool.value !== null
        ? "tool"
        : event.pointerType === "mouse" && isInPlot(point) && board.hit(point, REACH.mouse) !== null
        ? "over"
        : "";
      return;
    }
    const by = { x: point.x - press.from.x, y: point.y - press.from.y };
    press.isDragged ||= Math.hypot(by.x, by.y) >= TREMBLE;
    if (press.moved === null) return stretch(point);
    if (!press.isDragged) return;
    const { moved, end } = press;
    if (end === null && moved.anchors.length > 1) {
      board.draft.value = movedBy(moved, by, null, board.plot);
      return;
    }
    // One anchor goes where the pointer is, and snaps there.
    const at = moved.anchors[end ?? 0];
    const was = at === undefined ? null : board.plot.pointOf(at);
    const anchor = was === null ? null : board.anchorAt({ x: was.x + by.x, y: was.y + by.y });
    if (anchor === null) return;
    board.draft.value = {
      ...moved,
      anchors: moved.anchors.map((one, place) => place === (end ?? 0) ? anchor : one),
    };
  };

  const up = (event: PointerEvent) => {
    if (press === null) return;
    const { isDragged, moved } = press;
    press = null;
    element.releasePointerCapture(event.pointerId);
    const draft = board.draft.value;
    if (draft === null) return;
    // A click begins what the next click ends.
    if (moved === null && !isDragged && draft.anchors.length > 1) return;
    board.keep(draft);
  };

  const cancel = () => {
    press = null;
    board.draft.value = null;
  };

  /** The chart listens to these two, which follow the press that they belong to. */
  const keepFromChart = (event: Event) => {
    if (press === null) return;
    event.stopPropagation();
    event.preventDefault();
  };

  const key = (event: KeyboardEvent) => {
    if (!pressKey(board, event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const first = { capture: true, signal };
  element.addEventListener("pointerdown", down, first);
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", cancel, { signal });
  element.addEventListener("mousedown", keepFromChart, first);
  element.addEventListener("touchstart", keepFromChart, { ...first, passive: false });
  element.addEventListener("keydown", key, first);
  return () => {
    stopped.abort();
    delete element.dataset.drawing;
  };
}

/** What a key does with the drawings; false if nothing. */
function pressKey(board: DrawingBoard, event: KeyboardEvent): boolean {
  const action = keyAction(DRAWING_KEYS, event);
  if (action === "stop") return board.stop();
  if (board.tool.value !== null) {
    if (action !== "enter") return false;
    board.placeInSight();
    return true;
  }
  const selected = board.selected.value;
  if (selected === null) return false;
  const { step } = board.plot;
  switch (action) {
    case "left":
      board.moveSelected({ x: -step, y: 0 });
      break;
    case "right":
      board.moveSelected({ x: step, y: 0 });
      break;
    case "up":
      board.moveSelected({ x: 0, y: -STEP });
      break;
    case "down":
      board.moveSelected({ x: 0, y: STEP });
      break;
    case "farLeft":
      board.moveSelected({ x: -step * LEAP, y: 0 });
      break;
    case "farRight":
      board.moveSelected({ x: step * LEAP, y: 0 });
      break;
    case "farUp":
      board.moveSelected({ x: 0, y: -STEP * LEAP });
      break;
    case "farDown":
      board.moveSelected({ x: 0, y: STEP * LEAP });
      break;
    case "enter":
      board.nextEnd();
      break;
    case "previous":
      board.selectNext(-1);
      break;
    case "next":
      board.selectNext(1);
      break;
    case "remove":
      board.remove(selected.id);
      break;
    case null:
      return false;
  }
  return true;
}
