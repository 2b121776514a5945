import type { Column, Sheet, Traded } from "./sheet.ts";

const DAY_SECONDS = 86_400;

/** Since midnight UTC, at each candle. */
export interface DayVwap {
  readonly average: Column;
  /** The volume-weighted standard deviation of prices from it. */
  readonly deviation: Column;
}

/**
 * The volume-weighted average price since midnight UTC. It is computed from the quote volume; where that is unknown,
 * from the mean of high, low and close. A day whose first candles are missing has none, since the average of a part is
 * a different value.
 */
export function dayVwap(sheet: Sheet): DayVwap {
  const paid = perDay(sheet, (candle) => payment(candle));
  const volume = perDay(sheet, (candle) => candle.volume);
  const average = sheet.combine(
    [paid, volume],
    (all, traded) => traded > 0 ? all / traded : null,
  );
  // Welford's, weighted: a difference of squares loses all digits of a quiet market.
  const squares = sheet.column((index, own) => {
    const candle = sheet.candle(index);
    const now = average.at(index);
    if (candle === null || volume.at(index) === null) return null;
    if (now === null || candle.volume === 0) return isFirst(sheet, index) ? 0 : own.at(index - 1);
    const price = payment(candle) / candle.volume;
    const before = isFirst(sheet, index) ? now : average.at(index - 1) ?? price;
    const held = isFirst(sheet, index) ? 0 : own.at(index - 1) ?? 0;
    return held + candle.volume * (price - before) * (price - now);
  });
  const deviation = sheet.combine(
    [squares, volume],
    (sum, traded) => traded > 0 ? Math.sqrt(Math.max(0, sum) / traded) : null,
  );
  return { average, deviation };
}

/** The most candles of a day. */
export function dayCandles(candleSeconds: number): number {
  return Math.ceil(DAY_SECONDS / candleSeconds);
}

function payment({ quoteVolume, high, low, close, volume }: Traded): number {
  return quoteVolume ?? (high + low + close) / 3 * volume;
}

/** The sum since midnight; null on a day whose first candles are missing. */
function perDay(sheet: Sheet, read: (candle: Traded) => number): Column {
  return sheet.column((index, own) => {
    const candle = sheet.candle(index);
    if (candle === null) return null;
    if (isFirst(sheet, index)) return read(candle);
    const before = own.at(index - 1);
    return before === null ? null : before + read(candle);
  });
}

/** Whether this candle is known to be the first of its day. */
function isFirst(sheet: Sheet, index: number): boolean {
  const start = sheet.candle(index)?.start ?? 0;
  const before = sheet.candle(index - 1)?.start;
  if (before === undefined) return start % DAY_SECONDS === 0;
  return Math.floor(before / DAY_SECONDS) !== Math.floor(start / DAY_SECONDS);
}
