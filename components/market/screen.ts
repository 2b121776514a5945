import {
  CHOICES,
  DEFAULT_COLUMNS,
  MARKET_COLUMNS,
  type MarketColumnName,
  RANGE_COLUMNS,
} from "./market_columns.ts";
import type { Sortable } from "./market_order.ts";
import { isScreenValue } from "./screen_values.ts";

/** Which of the dashboard's columns are shown, and which values its products must have. */
export interface Screen {
  /** In the table's order. */
  readonly columns: readonly MarketColumnName[];
  readonly ranges: readonly Range[];
}

/** Values from `least` to `most`, both included; a product whose value is unknown is in no range. */
export interface Range {
  readonly column: RangeColumn;
  readonly least: number | null;
  readonly most: number | null;
}

/** A column whose values a range can be of. */
export type RangeColumn = typeof RANGE_COLUMNS[number];

/** A part of a query that cannot be used. */
export interface ScreenError {
  readonly parameter: string;
  readonly value: string;
  readonly allowed: string;
}

export const DEFAULT_SCREEN: Screen = { columns: DEFAULT_COLUMNS, ranges: [] };

const NUMBER = /^-?\d{1,15}(\.\d{1,6})?$/;
const NUMBER_SHAPE = "a number such as 2.5 or -10, of at most 15 digits before the point";
const MAX_ECHO = 40;

/**
 * Reads `?cols=hour,rsi&hour_min=2&rsi_max=30`; `cols` may be repeated, as a form does. What is left out is the default;
 * what cannot be used is named and left out.
 */
export function parseScreen(
  query: URLSearchParams,
): { readonly screen: Screen; readonly errors: readonly ScreenError[] } {
  const errors: ScreenError[] = [];
  const fail = (parameter: string, value: string, allowed: string) => {
    errors.push({ parameter, value: value.slice(0, MAX_ECHO), allowed });
  };
  const names = query.getAll("cols").flatMap((text) => text.split(",")).filter((name) =>
    name !== ""
  );
  const unknown = names.filter((name) => !CHOICES.some((column) => column.name === name));
  for (const name of new Set(unknown.slice(0, 3))) {
    fail("cols", name, CHOICES.map((column) => column.name).join(", "));
  }
  const ranges = RANGE_COLUMNS.flatMap((column): readonly Range[] => {
    const [least = null, most = null] = ["min", "max"].map((end) => {
      const text = (query.get(`${column}_${end}`) ?? "").trim().replace("−", "-");
      if (text === "") return null;
      if (NUMBER.test(text)) return Number(text);
      fail(`${column}_${end}`, text, NUMBER_SHAPE);
      return null;
    });
    if (least !== null && most !== null && least > most) {
      fail(`${column}_min`, `${least}`, `at most ${column}_max, which is ${most}`);
      return [];
    }
    return least === null && most === null ? [] : [{ column, least, most }];
  });
  const chosen = MARKET_COLUMNS.map(({ name }) => name).filter((name) =>
    name === "product" || name === "price" || names.includes(name)
  );
  const columns = chosen.length === 2 ? DEFAULT_COLUMNS : chosen;
  return { screen: { columns, ranges }, errors };
}

/** Writes a screen into a query, leaving everything else in it unchanged. */
export function writeScreen(query: URLSearchParams, { columns, ranges }: Screen): void {
  if (columns === DEFAULT_COLUMNS) query.delete("cols");
  else query.set("cols", columns.slice(2).join(","));
  for (const { column, least, most } of ranges) {
    if (least !== null) query.set(`${column}_min`, `${least}`);
    if (most !== null) query.set(`${column}_max`, `${most}`);
  }
}

/** Whether a product's values are in all ranges. */
export function fits(values: Sortable, { ranges }: Screen): boolean {
  return ranges.every(({ column, least, most }) => {
    const value = values[column];
    return value !== null && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
  });
}

/** Whether the figures of stored candles are wanted for it, and for an order. */
export function needsFigures({ columns, ranges }: Screen, sort: string): boolean {
  const names = [...columns, ...ranges.map(({ column }) => column), sort];
  return names.some(isScreenValue);
}

/** A screen that has a name, as a link that shows it. */
export interface Preset {
  readonly title: string;
  readonly query: string;
}

export const PRESETS: readonly Preset[] = [
  { title: "All", query: "" },
  { title: "Movers", query: "cols=hour,change,week,range,line&sort=hour&order=desc" },
  {
    title: "Unusual volume",
    query: "cols=ratio,trades,hour,volume,line&ratio_min=1.5&sort=ratio&order=desc",
  },
  {
    title: "Near the high",
    query: "cols=high,change,week,range,line&high_min=-1&sort=high&order=desc",
  },
  { title: "Oversold", query: "cols=rsi,low,change,week,line&rsi_max=30&sort=rsi&order=asc" },
];
