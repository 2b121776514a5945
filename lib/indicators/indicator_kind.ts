import type { Column, Sheet } from "./sheet.ts";

/** Where an indicator is drawn: over the prices, over the volume, or in a separate pane below. */
export type Pane = "price" | "volume" | "own";

/** The unit of its values. */
export type Unit = "price" | "index" | "volume";

/** A number that a person chooses. */
export interface IndicatorInput {
  /** As in a sentence: `period`. */
  readonly title: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  /** Whether fractions make no sense. */
  readonly isWhole: boolean;
}

/** How a line looks, and its values. */
export interface IndicatorLine {
  readonly column: Column;
  readonly style: "line" | "faint" | "columns";
  /**
   * Its colour: that of rising or falling prices, or a number of places after the indicator's own colour, which is the
   * default.
   */
  readonly ink?: "up" | "down" | number;
  /** The number of candles by which it is drawn later; negative: earlier. */
  readonly shift?: number;
  /** Makes the line one of a trend: rising where positive, falling where negative, and broken where that changes. */
  readonly trend?: Column;
}

/**
 * A kind of indicator: all that parsing, menu, legend, warm-up and drawing derive from. `settings`
 * has a number for each input.
 */
export interface IndicatorKind {
  /** Its name in addresses and attributes. */
  readonly name: string;
  /** Its name in the menu. */
  readonly title: string;
  /** Its name in legends. */
  readonly short: string;
  readonly pane: Pane;
  readonly unit: Unit;
  /** In the order in which they are written: `bb:20:2`. */
  readonly inputs: Readonly<Record<string, IndicatorInput>>;
  /** Values to be marked in a separate pane. */
  readonly levels?: readonly number[];
  /** The indexes of two lines; the space between them is tinted. */
  readonly fill?: readonly [number, number];
  /** Why settings that are each within their bounds do not fit together; null if they do. */
  refuse?(settings: Readonly<Record<string, number>>): string | null;
  /** How many candles before the first visible one are needed for values that do not depend on where candles begin. */
  warmUp(settings: Readonly<Record<string, number>>, candleSeconds: number): number;
  /** Adds its columns to a sheet. Always the same number of lines. */
  compute(sheet: Sheet, settings: Readonly<Record<string, number>>): readonly IndicatorLine[];
}

/** A kind whose functions know its inputs by name. */
export function indicatorKind<Name extends string>(
  kind: Omit<IndicatorKind, "inputs" | "refuse" | "warmUp" | "compute"> & {
    readonly inputs: Readonly<Record<Name, IndicatorInput>>;
    refuse?(settings: Readonly<Record<Name, number>>): string | null;
    warmUp(settings: Readonly<Record<Name, number>>, candleSeconds: number): number;
    compute(sheet: Sheet, settings: Readonly<Record<Name, number>>): readonly IndicatorLine[];
  },
): IndicatorKind {
  return kind;
}

/** A number of candles. */
export function period(usual: number, title = "period"): IndicatorInput {
  return { title, usual, least: 2, most: 500, isWhole: true };
}

/** A multiple of something, such as of the standard deviation. */
export function factor(usual: number, title: string): IndicatorInput {
  return { title, usual, least: 0.1, most: 10, isWhole: false };
}

/** Candles until the first value's weight in an exponential average has fallen to a quarter of a percent. */
export function settling(period: number): number {
  return 4 * period;
}

/** The same of Wilder's average, which forgets half as fast. */
export function wilderSettling(period: number): number {
  return 7 * period;
}
