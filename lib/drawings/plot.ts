import type { Anchor } from "./drawing.ts";

/** A place in a plot: pixels from its left and its top. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where anchors are in a plot, whatever its scales are. Null where a chart has nothing to measure by. */
export interface Plot {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  pointOf(anchor: Anchor): Point | null;
  anchorOf(point: Point): Anchor | null;
}
