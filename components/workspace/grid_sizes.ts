/** How many columns and rows a grid has. */
export interface GridShape {
  readonly columns: number;
  readonly rows: number;
}

export const MAX_CHARTS = 9;

/** No column and no row is smaller than this share of the whole, in percent. */
export const LEAST_SHARE = 10;

/** By number of charts. The last chart of five and of seven is two columns wide. */
const SHAPES: readonly (readonly [columns: number, rows: number])[] = [
  [1, 1],
  [2, 1],
  [3, 1],
  [2, 2],
  [3, 2],
  [3, 2],
  [4, 2],
  [4, 2],
  [3, 3],
];

/** The grid for 1 to `MAX_CHARTS` charts. */
export function gridShape(charts: number): GridShape {
  const [columns, rows] = SHAPES[charts - 1] ?? [1, 1];
  return { columns, rows };
}

/** Equal shares in percent. */
export function equalSizes(count: number): readonly number[] {
  return Array.from({ length: count }, () => 100 / count);
}

export function isEqual(sizes: readonly number[]): boolean {
  return sizes.every((size) => Math.abs(size - 100 / sizes.length) < 0.1);
}

/** Moves the border behind the size at an index by a percentage of the whole, as far as both sides allow. */
export function withMovedBorder(
  sizes: readonly number[],
  index: number,
  percent: number,
): readonly number[] {
  const before = sizes[index];
  const after = sizes[index + 1];
  if (before === undefined || after === undefined) return sizes;
  const both = before + after;
  const moved = Math.min(Math.max(before + percent, LEAST_SHARE), both - LEAST_SHARE);
  const next = [...sizes];
  next[index] = rounded(moved);
  next[index + 1] = both - rounded(moved);
  return next;
}

/** As addresses have them: `40,60`. */
export function writeSizes(sizes: readonly number[]): string {
  return sizes.map((size) => rounded(size)).join(",");
}

/** Reads `count` sizes; null if they are not as many, too small, or not the whole together. */
export function parseSizes(text: string, count: number): readonly number[] | null {
  const parts = text.split(",");
  if (parts.length !== count || !parts.every((part) => /^\d{1,3}(\.\d)?$/.test(part))) return null;
  const sizes = parts.map(Number);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  return Math.abs(whole - 100) <= 0.5 && sizes.every((size) => size >= LEAST_SHARE) ? sizes : null;
}

/** As CSS has them: `40fr 60fr`. */
export function trackSizes(sizes: readonly number[]): string {
  return sizes.map((size) => `minmax(0,${rounded(size)}fr)`).join(" ");
}

function rounded(size: number): number {
  return Math.round(size * 10) / 10;
}
