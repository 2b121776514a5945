import type { Anchor } from "./drawing.ts";
import type { Plot, Point } from "./plot.ts";

/** What there is of a candle to snap to: its start (epoch seconds) and its prices. */
export interface SnapCandle {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * The open, high, low or close of a candle that is nearest to a point, at most `reach` pixels above or below it; null if
 * none is.
 */
export function snapped(
  point: Point,
  { start, open, high, low, close }: SnapCandle,
  plot: Plot,
  reach: number,
): Anchor | null {
  let nearest: Anchor | null = null;
  let least = reach;
  for (const price of [open, high, low, close]) {
    const y = plot.pointOf({ time: start, price })?.y;
    if (y === undefined || Math.abs(y - point.y) > least) continue;
    least = Math.abs(y - point.y);
    nearest = { time: start, price };
  }
  return nearest;
}
