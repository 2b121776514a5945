import type { MarketSort } from "./market_order.ts";

/**
 * The dashboard's columns, in their order. Cells have their column's name as `data-col`, by which style sheets and
 * tests find them. Columns with a unit can be filtered by a range.
 */
export const MARKET_COLUMNS = [
  { name: "product", sort: "name", title: "Product" },
  { name: "price", sort: "price", title: "Price" },
  { name: "hour", sort: "hour", over: "1 h ", title: "change", unit: "%", is: "Change in an hour" },
  {
    name: "change",
    sort: "change",
    over: "24 h ",
    title: "change",
    unit: "%",
    is: "Change in 24 hours, as the exchange counts it",
  },
  { name: "week", sort: "week", over: "7 d ", title: "change", unit: "%", is: "Change in 7 days" },
  {
    name: "volume",
    sort: "volume",
    over: "24 h ",
    title: "volume",
    unit: "",
    is: "Volume of 24 hours in the quote currency",
  },
  {
    name: "ratio",
    sort: "ratio",
    title: "Rel. volume",
    unit: "×",
    is: "The last hour’s volume against an average hour of the last 24",
  },
  {
    name: "trades",
    sort: "trades",
    title: "Trades/min",
    unit: "/min",
    is: "Trades a minute in the last hour",
  },
  {
    name: "range",
    sort: "range",
    over: "24 h ",
    title: "range",
    unit: "%",
    is: "From the lowest to the highest price of 24 hours",
  },
  {
    name: "high",
    sort: "high",
    title: "From high",
    unit: "%",
    is: "Distance from the highest price of 24 hours",
  },
  {
    name: "low",
    sort: "low",
    title: "From low",
    unit: "%",
    is: "Distance from the lowest price of 24 hours",
  },
  {
    name: "rsi",
    sort: "rsi",
    title: "RSI 14 h",
    unit: "0–100",
    is: "Relative strength index of 14 hours",
  },
  { name: "line", sort: null, title: "Last 24 h", is: "The last day’s prices as a line" },
  {
    name: "exact",
    sort: "exact",
    title: "Exact since",
    is: "From when on each candle holds every trade, proven",
  },
] as const satisfies readonly MarketColumn[];

/** The name of one of them. */
export type MarketColumnName = typeof MARKET_COLUMNS[number]["name"];

interface MarketColumn {
  readonly name: string;
  /** What its heading orders by; null for a heading that is not a link. */
  readonly sort: MarketSort | null;
  /** Left out where there is no room for it. */
  readonly over?: string;
  readonly title: string;
  /** What its numbers are of. */
  readonly unit?: string;
  /** What it is, of a column that may be chosen; the others are always there. */
  readonly is?: string;
}

/** The columns that a person may choose. */
export const CHOICES = MARKET_COLUMNS.filter((column) => "is" in column);

/** Those of them whose values a range can be of, as their headings order by them. */
export const RANGE_COLUMNS = CHOICES.filter((column) => "unit" in column).map(({ sort }) => sort);

/** Those that are there without a choice. */
export const DEFAULT_COLUMNS: readonly MarketColumnName[] = [
  "product",
  "price",
  "change",
  "volume",
  "line",
  "exact",
];
