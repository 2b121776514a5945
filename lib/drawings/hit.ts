import type { Drawing } from "./drawing.ts";
import type { Plot, Point } from "./plot.ts";
import type { Shape } from "./shapes.ts";
import { shapesOf } from "./shapes.ts";

/** The drawing at a point. */
export interface Hit {
  readonly drawing: Drawing;
  /** The place of the anchor that is there; null if it is the drawing as a whole. */
  readonly end: number | null;
}

/** Pixels of a line of a text drawing. */
export const TEXT_SIZE = 14;

/**
 * The drawing at a point, or less than `reach` pixels away; of several the one drawn last. `textWidth` measures a text drawing.
 */
export function hitAt(
  drawings: readonly Drawing[],
  point: Point,
  plot: Plot,
  reach: number,
  textWidth: (text: string) => number,
): Hit | null {
  for (const drawing of drawings.toReversed()) {
    if (drawing.anchors.length > 1) {
      const end = drawing.anchors.findIndex((anchor) => {
        const at = plot.pointOf(anchor);
        return at !== null && Math.hypot(at.x - point.x, at.y - point.y) <= reach;
      });
      if (end >= 0) return { drawing, end };
    }
    const shapes = shapesOf(drawing, plot, () => "");
    if (shapes.some((shape) => distance(shape, point, textWidth) <= reach)) {
      return { drawing, end: null };
    }
  }
  return null;
}

/** Pixels from a point to a shape: to the border of a box, so that what is in it can be reached. */
function distance(shape: Shape, point: Point, textWidth: (text: string) => number): number {
  switch (shape.form) {
    case "line":
      return toSegment(point, shape.from, shape.to);
    case "box": {
      const { from, to } = shape;
      const corners = [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }, from];
      return Math.min(
        ...corners.slice(1).map((corner, place) =>
          toSegment(point, corners[place] ?? corner, corner)
        ),
      );
    }
    case "label": {
      if (shape.size === "note") return Infinity;
      const right = shape.at.x + textWidth(shape.text);
      const dx = Math.max(shape.at.x - point.x, 0, point.x - right);
      const dy = Math.max(shape.at.y - TEXT_SIZE - point.y, 0, point.y - shape.at.y);
      return Math.hypot(dx, dy);
    }
  }
}

function toSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / square;
  const part = Math.max(0, Math.min(1, along));
  return Math.hypot(from.x + part * dx - point.x, from.y + part * dy - point.y);
}
