import type { Anchor } from "./drawing.ts";
import type { Plot, Point } from "./plot.ts";

/** A plot of 1000 × 500 pixels: 10 s a pixel from 1,000,000 s on, and prices from 1100 at the top to 100 at the bottom. */
export const PLOT: Plot = {
  width: 1000,
  height: 500,
  pointOf: ({ time, price }: Anchor): Point => ({
    x: (time - 1_000_000) / 10,
    y: (1100 - price) / 2,
  }),
  anchorOf: ({ x, y }: Point): Anchor => ({ time: 1_000_000 + x * 10, price: 1100 - y * 2 }),
};
