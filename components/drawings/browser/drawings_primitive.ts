import type {
  IPanePrimitive,
  IPrimitivePaneView,
  PaneAttachedParameter,
  Time,
} from "lightweight-charts";
import type { Drawing } from "../../../lib/drawings/drawing.ts";
import { TEXT_SIZE } from "../../../lib/drawings/hit.ts";
import type { Plot } from "../../../lib/drawings/plot.ts";
import { type Shape, shapesOf } from "../../../lib/drawings/shapes.ts";

/** What is drawn, read at each frame. */
export interface DrawnState {
  readonly drawings: readonly Drawing[];
  /** The id of the drawing that has handles; null if none has. */
  readonly selected: string | null;
  /** The place of the anchor that keys move; null if they move the whole. */
  readonly end: number | null;
}

const NOTE_SIZE = 11;
const HANDLE = 4.5;

/** Draws a product's drawings into the pane of its prices. In the top layer: pictures are taken with it. */
export class DrawingsPrimitive implements IPanePrimitive<Time> {
  readonly #element: HTMLElement;
  readonly #plot: Plot;
  readonly #state: () => DrawnState;
  readonly #priceText: (price: number) => string;
  readonly #views: readonly IPrimitivePaneView[];
  readonly #measure = document.createElement("canvas").getContext("2d");
  #requestUpdate = () => {};

  constructor(
    element: HTMLElement,
    plot: Plot,
    state: () => DrawnState,
    priceText: (price: number) => string,
  ) {
    this.#element = element;
    this.#plot = plot;
    this.#state = state;
    this.#priceText = priceText;
    // The other layers lie below the candles, which would hide the labels.
    const view = (draw: (context: CanvasRenderingContext2D) => void) => ({
      zOrder: () => "top" as const,
      renderer: () => ({
        draw: (target: DrawingTarget) =>
          target.useMediaCoordinateSpace((scope) => {
            scope.context.save();
            draw(scope.context);
            scope.context.restore();
          }),
      }),
    });
    this.#views = [
      view((context) => this.#drawAll(context)),
      view((context) => this.#drawHandles(context)),
    ];
  }

  attached({ requestUpdate }: PaneAttachedParameter<Time>): void {
    this.#requestUpdate = requestUpdate;
  }

  detached(): void {
    this.#requestUpdate = () => {};
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  /** Draws again in the next frame. */
  update(): void {
    this.#requestUpdate();
  }

  /** Pixels of a text drawing's text. */
  textWidth = (text: string): number => {
    const context = this.#measure;
    if (context === null) return text.length * TEXT_SIZE / 2;
    context.font = this.#font("text");
    return context.measureText(text).width;
  };

  #drawAll(context: CanvasRenderingContext2D): void {
    const { drawings, selected } = this.#state();
    const style = getComputedStyle(this.#element);
    const ink = style.getPropertyValue("--drawing-ink");
    const ground = style.getPropertyValue("--color-base-100");
    for (const drawing of drawings) {
      context.lineWidth = drawing.id === selected ? 2.25 : 1.5;
      context.strokeStyle = context.fillStyle = ink;
      for (const shape of shapesOf(drawing, this.#plot, this.#priceText)) {
        this.#draw(context, shape, ink, ground);
      }
    }
  }

  #draw(context: CanvasRenderingContext2D, shape: Shape, ink: string, ground: string): void {
    switch (shape.form) {
      case "line":
        context.globalAlpha = shape.isFaint ? 0.5 : 1;
        context.setLineDash(shape.isFaint ? [4, 4] : []);
        context.beginPath();
        context.moveTo(shape.from.x, shape.from.y);
        context.lineTo(shape.to.x, shape.to.y);
        context.stroke();
        break;
      case "box": {
        const { from, to } = shape;
        const box = [from.x, from.y, to.x - from.x, to.y - from.y] as const;
        context.setLineDash([]);
        context.globalAlpha = 0.14;
        context.fillRect(...box);
        context.globalAlpha = 1;
        context.strokeRect(...box);
        break;
      }
      case "label":
        context.globalAlpha = 1;
        context.setLineDash([]);
        context.font = this.#font(shape.size);
        context.textAlign = shape.align;
        context.textBaseline = "bottom";
        // A rim of the ground keeps it legible over candles.
        context.save();
        context.lineJoin = "round";
        context.lineWidth = 4;
        context.strokeStyle = ground;
        context.strokeText(shape.text, shape.at.x, shape.at.y);
        context.restore();
        context.fillStyle = ink;
        context.fillText(shape.text, shape.at.x, shape.at.y);
        break;
    }
  }

  #drawHandles(context: CanvasRenderingContext2D): void {
    const { drawings, selected, end } = this.#state();
    const drawing = drawings.find(({ id }) => id === selected);
    if (drawing === undefined) return;
    const style = getComputedStyle(this.#element);
    const ink = style.getPropertyValue("--drawing-ink");
    const ground = style.getPropertyValue("--color-base-100");
    context.lineWidth = 2;
    context.strokeStyle = ink;
    drawing.anchors.forEach((anchor, place) => {
      const at = this.#plot.pointOf(anchor);
      if (at === null) return;
      // A horizontal line has no place in time: its handle stays in sight.
      const x = drawing.kind === "horizontal" ? this.#plot.width / 2 : at.x;
      context.fillStyle = end === place ? ink : ground;
      context.beginPath();
      context.arc(x, at.y, HANDLE, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    });
  }

  #font(size: "text" | "note"): string {
    const { fontFamily } = getComputedStyle(this.#element);
    return size === "text" ? `600 ${TEXT_SIZE}px ${fontFamily}` : `${NOTE_SIZE}px ${fontFamily}`;
  }
}

/** The part of the library's target that is used here. */
interface DrawingTarget {
  useMediaCoordinateSpace(
    draw: (scope: { readonly context: CanvasRenderingContext2D }) => void,
  ): void;
}
