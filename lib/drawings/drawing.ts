/**
 * A place on a chart, independent of the visible range: epoch seconds, which may lie between
 * candles, and a price.
 */
export interface Anchor {
  readonly time: number;
  readonly price: number;
}

/** What can be drawn, in the order of the tools. */
export const DRAWING_KINDS = [
  "horizontal",
  "trend",
  "ray",
  "rectangle",
  "fibonacci",
  "text",
] as const;

export type DrawingKind = typeof DRAWING_KINDS[number];

/** The name of a kind, and the number of its anchors. */
export const DRAWINGS: Readonly<
  Record<DrawingKind, { readonly title: string; readonly anchors: 1 | 2 }>
> = {
  horizontal: { title: "Horizontal line", anchors: 1 },
  trend: { title: "Trend line", anchors: 2 },
  ray: { title: "Ray", anchors: 2 },
  rectangle: { title: "Rectangle", anchors: 2 },
  fibonacci: { title: "Fibonacci retracement", anchors: 2 },
  text: { title: "Text", anchors: 1 },
};

/** What a person drew on a product's chart. */
export interface Drawing {
  /** Small letters and digits (`[a-z0-9]`), at most 24. */
  readonly id: string;
  readonly kind: DrawingKind;
  /** As many as its kind requires. */
  readonly anchors: readonly Anchor[];
  /** The content of a text; empty for the other kinds. */
  readonly text: string;
}

/** Longest text, in UTF-16 code units. */
export const LONGEST_TEXT = 80;

/** Whether an anchor can be on a chart: a time of the years 1970 to 2200, a price above zero. */
export function isAnchor({ time, price }: Anchor): boolean {
  return time >= 0 && time < 7_258_118_400 && price > 0 && price < 1e15;
}

/** The levels of a Fibonacci retracement: parts of the way back from its second anchor to its first. */
export const FIBONACCI_LEVELS = [0, 0.236, 0.382, 0.5, 0.618, 0.786, 1] as const;

/** The price of a level. */
export function fibonacciPrice(from: Anchor, to: Anchor, level: number): number {
  return to.price + (from.price - to.price) * level;
}
