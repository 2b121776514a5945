import type { ScreenerFigures } from "../../lib/store/screener_figures.ts";

/**
 * The figures that a product is screened by, updated to its price; null where unknown. In percent, except for the last
 * three.
 */
export interface ScreenValues {
  readonly hour: number | null;
  readonly week: number | null;
  readonly range: number | null;
  /** Never above 0. */
  readonly high: number | null;
  /** Never below 0. */
  readonly low: number | null;
  /** The last hour's volume as a multiple of an average hour's. */
  readonly ratio: number | null;
  /** A minute. */
  readonly trades: number | null;
  readonly rsi: number | null;
}

const NOTHING: ScreenValues = {
  hour: null,
  week: null,
  range: null,
  high: null,
  low: null,
  ratio: null,
  trades: null,
  rsi: null,
};

/** Whether a column's, range's or order's name is one of these, for which stored candles are read. */
export function isScreenValue(name: string): boolean {
  return Object.hasOwn(NOTHING, name);
}

/** The values of a product at a price. */
export function screenValues(
  figures: ScreenerFigures | undefined,
  price: number | null,
): ScreenValues {
  if (figures === undefined || price === null) return NOTHING;
  const since = (before: number | null) =>
    before === null || before <= 0 ? null : (price / before - 1) * 100;
  // Stored figures lack the live candle, so the price itself counts as an extreme.
  const high = figures.high === null ? null : Math.max(figures.high, price);
  const low = figures.low === null ? null : Math.min(figures.low, price);
  return {
    hour: since(figures.hourAgo),
    week: since(figures.weekAgo),
    range: high === null || low === null || low <= 0 ? null : (high / low - 1) * 100,
    high: since(high),
    low: since(low),
    ratio: figures.volumeRatio,
    trades: figures.tradesPerMinute,
    rsi: figures.rsi,
  };
}
