/** A candle's extremes in plain notation with every digit, and its start in epoch seconds. */
export interface Extremes {
  readonly start: number;
  readonly high: string;
  readonly low: string;
}

/** Reads a candle's extremes from the text on the wire, as `readQuote` reads its price. Null if it is not a candle. */
export function readExtremes(text: string): Extremes | null {
  const value = (key: string) => new RegExp(`"${key}":(\\d[\\d.]*)`).exec(text)?.[1];
  const start = value("timestamp");
  const high = value("high");
  const low = value("low");
  if (start === undefined || high === undefined || low === undefined) return null;
  return { start: Number(start), high, low };
}
