import { effect, signal } from "@preact/signals";
import { toNumber } from "../../../lib/candles/decimal.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import type { Anchor, Drawing, DrawingKind } from "../../../lib/drawings/drawing.ts";
import { DRAWINGS, LONGEST_TEXT } from "../../../lib/drawings/drawing.ts";
import { drawingsKey } from "../../../lib/drawings/drawings_key.ts";
import { type Hit, hitAt } from "../../../lib/drawings/hit.ts";
import { movedByKey } from "../../../lib/drawings/moving.ts";
import type { Point } from "../../../lib/drawings/plot.ts";
import { snapped } from "../../../lib/drawings/snapping.ts";
import { type DrawingsResult, StoredDrawings } from "../../../lib/drawings/stored_drawings.ts";
import { lastUpTo } from "../../chart/browser/sight_time.ts";
import { plainPriceText } from "../../site/plain_price.ts";
import { moveLineAlert, removeLineAlert } from "../../alerts/browser/line_alert.ts";
import { alertCondition } from "../alert_condition.ts";
import type { ChartSurface } from "../chart_surface.ts";
import { ChartPlot } from "./chart_plot.ts";
import { DrawingsPrimitive } from "./drawings_primitive.ts";

/** Pixels above or below a candle's price within which an anchor snaps to it. */
const SNAP_REACH = 14;
const FIRST_TEXT = "Note";

/**
 * The drawings on one chart, the selected one and the one being drawn. Its owner closes it. Pointer and keys use it
 * through `listenToGestures`.
 */
export class DrawingBoard {
  readonly surface: ChartSurface;
  readonly productId: ProductId;
  readonly plot: ChartPlot;
  /** What the next gesture draws; null if it draws nothing. */
  readonly tool = signal<DrawingKind | null>(null);
  readonly drawings = signal<readonly Drawing[]>([]);
  readonly selected = signal<Drawing | null>(null);
  /** The place of the anchor that keys move; null if they move the whole drawing. */
  readonly end = signal<number | null>(null);
  /** A drawing that is being made or moved, not stored yet. */
  readonly draft = signal<Drawing | null>(null);
  readonly isSnapping = signal(true);
  /** A message for the person at the chart; empty if there is none. */
  readonly problem = signal("");
  readonly #stored: StoredDrawings;
  readonly #key: string;
  readonly #primitive: DrawingsPrimitive;
  readonly #stopDrawing: () => void;

  constructor(surface: ChartSurface, productId: ProductId) {
    this.surface = surface;
    this.productId = productId;
    this.plot = new ChartPlot(surface);
    this.#stored = new StoredDrawings(() => localStorage, productId);
    this.#key = drawingsKey(productId);
    const { digits } = surface;
    this.#primitive = new DrawingsPrimitive(
      surface.element,
      this.plot,
      () => ({
        drawings: this.#shown(),
        selected: this.draft.value?.id ?? this.selected.value?.id ?? null,
        end: this.end.value,
      }),
      (price) => plainPriceText(price.toFixed(digits), digits),
    );
    surface.chart.panes()[0]?.attachPrimitive(this.#primitive);
    this.#show(this.#stored.read());
    addEventListener("storage", this.#follow);
    this.#stopDrawing = effect(() => {
      this.#shown();
      void this.selected.value;
      void this.end.value;
      this.#primitive.update();
    });
  }

  /** What is at a point, for a finger or a pointer that reaches `reach` pixels. */
  hit(point: Point, reach: number): Hit | null {
    return hitAt(this.drawings.value, point, this.plot, reach, this.#primitive.textWidth);
  }

  /** The anchor for a point: of the nearest candle's nearest price, if it snaps. */
  anchorAt(point: Point): Anchor | null {
    const anchor = this.plot.anchorOf(point);
    if (anchor === null || !this.isSnapping.value) return anchor;
    const candles = this.surface.candles();
    // A candle is drawn around its start: the next one may be the nearer.
    const half = this.surface.length / 2;
    const candle = candles[lastUpTo(candles, anchor.time + half)];
    if (candle === undefined || candle.start < anchor.time - half) return anchor;
    const [open, high] = [toNumber(candle.open), toNumber(candle.high)];
    const [low, close] = [toNumber(candle.low), toNumber(candle.close)];
    return snapped(point, { start: candle.start, open, high, low, close }, this.plot, SNAP_REACH) ??
      anchor;
  }

  /** A drawing of the tool with all anchors at one place; null if no tool is chosen. */
  begin(anchor: Anchor): Drawing | null {
    const kind = this.tool.value;
    if (kind === null) return null;
    const anchors = Array<Anchor>(DRAWINGS[kind].anchors).fill(anchor);
    return { id: newId(), kind, anchors, text: kind === "text" ? FIRST_TEXT : "" };
  }

  /** Draws the tool's drawing in the middle of the view, for people without a pointer. */
  placeInSight(): void {
    const { width, height } = this.plot;
    const at = this.plot.anchorOf({ x: width * 0.35, y: height * 0.55 });
    const to = this.plot.anchorOf({ x: width * 0.65, y: height * 0.4 });
    const drawing = at === null ? null : this.begin(at);
    if (drawing === null || to === null) return;
    this.keep({
      ...drawing,
      anchors: drawing.anchors.map((anchor, place) => place === 1 ? to : anchor),
    });
  }

  /** Stores a drawing and selects it; no tool is chosen then. */
  keep(drawing: Drawing): void {
    this.draft.value = null;
    this.tool.value = null;
    this.#show(this.#stored.put(drawing));
    this.select(this.drawings.value.find(({ id }) => id === drawing.id) ?? null);
    const condition = alertCondition(drawing);
    if (condition !== null) moveLineAlert(drawing.id, condition);
  }

  /** Moves the selected drawing, or its chosen end, by some pixels. */
  moveSelected(by: Point): void {
    const drawing = this.selected.value;
    if (drawing === null) return;
    this.keep(movedByKey(drawing, by, this.end.value, this.plot, this.surface.digits));
  }

  /** Changes the words of the selected text; without any they stay. */
  write(text: string): void {
    const drawing = this.selected.value;
    const trimmed = text.trim().slice(0, LONGEST_TEXT);
    if (drawing?.kind === "text" && trimmed !== "") this.keep({ ...drawing, text: trimmed });
  }

  select(drawing: Drawing | null): void {
    if (drawing?.id !== this.selected.value?.id) this.end.value = null;
    this.selected.value = drawing;
  }

  /** Chooses what keys move: the whole, then each of its ends, then the whole again. */
  nextEnd(): void {
    const ends = this.selected.value?.anchors.length ?? 0;
    if (ends < 2) return;
    const next = this.end.value === null ? 0 : this.end.value + 1;
    this.end.value = next < ends ? next : null;
  }

  /** Selects the drawing after (1) or before (-1) the selected one. */
  selectNext(step: 1 | -1): void {
    const drawings = this.drawings.value;
    const at = drawings.findIndex(({ id }) => id === this.selected.value?.id);
    const from = at < 0 && step < 0 ? 0 : at;
    this.select(drawings[(from + step + drawings.length) % drawings.length] ?? null);
  }

  /** The alert at it is removed as well. */
  remove(id: string): void {
    removeLineAlert(id);
    this.#show(this.#stored.remove(id));
  }

  removeAll(): void {
    for (const { id } of this.drawings.value) removeLineAlert(id);
    this.#show(this.#stored.removeAll());
  }

  /** Ends the drawing being made, or else the tool, or else the selection. False if there was none of them. */
  stop(): boolean {
    if (this.draft.value !== null) this.draft.value = null;
    else if (this.tool.value !== null) this.tool.value = null;
    else if (this.selected.value !== null) this.select(null);
    else return false;
    return true;
  }

  close(): void {
    removeEventListener("storage", this.#follow);
    this.#stopDrawing();
    // The chart is closed at the same moment, and what is attached to it with it.
    this.#primitive.detached();
  }

  #shown(): readonly Drawing[] {
    const draft = this.draft.value;
    const drawings = this.drawings.value;
    return draft === null ? drawings : [...drawings.filter(({ id }) => id !== draft.id), draft];
  }

  #show({ drawings, problem }: DrawingsResult): void {
    this.drawings.value = drawings;
    this.problem.value = problem ?? "";
    const selected = this.selected.value;
    if (selected !== null) this.select(drawings.find(({ id }) => id === selected.id) ?? null);
  }

  #follow = ({ key }: StorageEvent): void => {
    if (key === this.#key || key === null) this.#show(this.#stored.read());
  };
}

function newId(): string {
  return Date.now().toString(36) + Math.floor(Math.random() * 36 ** 6).toString(36);
}
