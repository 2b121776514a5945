/** Figures of a product from its stored candles, for screening; floats, null where too little is stored. */
export interface ScreenerFigures {
  /** The price an hour and seven days before: the last close up to then, within a day. */
  readonly hourAgo: number | null;
  readonly weekAgo: number | null;
  /** Extremes of the last 24 hours, in whole hours, and of the live hour so far. */
  readonly high: number | null;
  readonly low: number | null;
  /** The last hour's volume divided by the average hour's of the last 24. */
  readonly volumeRatio: number | null;
  /** Of the last hour; null if it has a candle whose trades are not known. */
  readonly tradesPerMinute: number | null;
  /** Wilder's relative strength index of 14 hours, computed over what is stored of the last 100. */
  readonly rsi: number | null;
}

/** Their part from the last hour's five-minute candles, which changes every five minutes. */
export interface RecentFigures {
  readonly hourAgo: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly volume: number | null;
  /** Null if the trades of a candle are not known. */
  readonly trades: number | null;
}

/** Their part from whole hours, which changes once an hour. */
export interface HourlyFigures {
  readonly weekAgo: number | null;
  /** Of the hours that lie in the last 24 as a whole. */
  readonly high: number | null;
  readonly low: number | null;
  /** An average hour's. */
  readonly volume: number | null;
  readonly rsi: number | null;
}

/** Both parts of one product, as of one moment; without hours their figures are null. */
export function screenerFigures(recent: RecentFigures, hourly?: HourlyFigures): ScreenerFigures {
  const average = hourly?.volume ?? 0;
  return {
    hourAgo: recent.hourAgo,
    weekAgo: hourly?.weekAgo ?? null,
    high: extreme(Math.max, hourly?.high, recent.high),
    low: extreme(Math.min, hourly?.low, recent.low),
    volumeRatio: recent.volume === null || average === 0 ? null : recent.volume / average,
    tradesPerMinute: recent.trades === null ? null : recent.trades / 60,
    rsi: hourly?.rsi ?? null,
  };
}

function extreme(
  of: (...values: number[]) => number,
  ...values: readonly (number | null | undefined)[]
): number | null {
  const known = values.filter((value) => typeof value === "number");
  return known.length === 0 ? null : of(...known);
}
