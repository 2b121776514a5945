import type { Drawing } from "./drawing.ts";
import { FIBONACCI_LEVELS, fibonacciPrice } from "./drawing.ts";
import type { Plot, Point } from "./plot.ts";

/** What a drawing is made of in a plot. A label begins at its place and stands above it, or ends there. */
export type Shape =
  | {
    readonly form: "line";
    readonly from: Point;
    readonly to: Point;
    readonly isFaint: boolean;
  }
  | { readonly form: "box"; readonly from: Point; readonly to: Point }
  | {
    readonly form: "label";
    readonly at: Point;
    readonly text: string;
    readonly size: "text" | "note";
    readonly align: "left" | "right";
  };

/** Pixels from one label to the next above it. */
const LABEL_HEIGHT = 13;

/** The shapes of a drawing; none where its anchors have no place. */
export function shapesOf(
  drawing: Drawing,
  plot: Plot,
  priceText: (price: number) => string,
): readonly Shape[] {
  const [from, to] = drawing.anchors;
  const start = from === undefined ? null : plot.pointOf(from);
  if (from === undefined || start === null) return [];
  if (drawing.kind === "horizontal") {
    return [
      line({ x: 0, y: start.y }, { x: plot.width, y: start.y }),
      note({ x: plot.width - 6, y: start.y - 3 }, priceText(from.price), "right"),
    ];
  }
  if (drawing.kind === "text") {
    return [{ form: "label", at: start, text: drawing.text, size: "text", align: "left" }];
  }
  const end = to === undefined ? null : plot.pointOf(to);
  if (to === undefined || end === null) return [];
  switch (drawing.kind) {
    case "trend":
      return [line(start, end)];
    case "ray":
      return [line(start, farPoint(start, end, plot))];
    case "rectangle":
      return [{ form: "box", from: start, to: end }];
    case "fibonacci": {
      const left = Math.min(start.x, end.x);
      const right = Math.max(start.x, end.x);
      const levels = FIBONACCI_LEVELS.flatMap((level) => {
        const price = fibonacciPrice(from, to, level);
        const y = plot.pointOf({ time: from.time, price })?.y;
        return y === undefined ? [] : [{ y, text: `${level}  ${priceText(price)}` }];
      });
      const named = withRoom(levels.map(({ y }) => y));
      return [
        line(start, end, true),
        ...levels.flatMap(({ y, text }, place): readonly Shape[] => [
          line({ x: left, y }, { x: right, y }),
          ...named.has(place) ? [note({ x: left + 3, y: y - 3 }, text, "left")] : [],
        ]),
      ];
    }
  }
}

/** The places of heights whose labels have room: that of the first, and each time of the farthest from those there are. */
function withRoom(heights: readonly number[]): ReadonlySet<number> {
  const places = new Set([0]);
  const room = (place: number) =>
    Math.min(...[...places].map((one) => Math.abs((heights[one] ?? 0) - (heights[place] ?? 0))));
  for (const _ of heights) {
    const widest = heights.reduce((best, _, place) => room(place) > room(best) ? place : best, 0);
    if (room(widest) >= LABEL_HEIGHT) places.add(widest);
  }
  return places;
}

/** Where a ray from one point through another has certainly left the plot. */
function farPoint(start: Point, through: Point, { width, height }: Plot): Point {
  const [dx, dy] = [through.x - start.x, through.y - start.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return through;
  const far = width + height + Math.abs(start.x) + Math.abs(start.y) + length;
  return { x: start.x + dx / length * far, y: start.y + dy / length * far };
}

function line(from: Point, to: Point, isFaint = false): Shape {
  return { form: "line", from, to, isFaint };
}

function note(at: Point, text: string, align: "left" | "right"): Shape {
  return { form: "label", at, text, size: "note", align };
}
