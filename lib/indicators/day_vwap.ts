import type { Line } from "./averages.ts";

/** What the volume-weighted average price looks at. */
export interface Traded {
  /** Epoch seconds. */
  readonly start: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** What was paid in all; null where only the exchange's own candle is known. */
  readonly quoteVolume: number | null;
}

const DAY_SECONDS = 86_400;

/**
 * The volume-weighted average price since midnight UTC. It is of what was really paid; only where that is
 * not known does the middle of high, low and close stand in for it.
 */
export function dayVwap(candles: readonly Traded[]): Line {
  let day = NaN;
  let paid = 0;
  let volume = 0;
  return candles.map((candle) => {
    const own = Math.floor(candle.start / DAY_SECONDS);
    if (own !== day) paid = volume = 0;
    day = own;
    paid += candle.quoteVolume ??
      (candle.high + candle.low + candle.close) / 3 * candle.volume;
    volume += candle.volume;
    return volume > 0 ? paid / volume : null;
  });
}
