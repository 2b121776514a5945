import type { Candle } from "../../lib/candles/candle.ts";
import { toNumber } from "../../lib/candles/decimal.ts";
import type { Traded } from "../../lib/indicators/sheet.ts";

/** Four prices. */
export type Bar = Pick<Traded, "open" | "high" | "low" | "close">;

// Candles are immutable, so their numbers are computed once.
const numbers = new WeakMap<Candle, Traded>();

/** A candle as indicators and drawings take it. */
export function traded(candle: Candle): Traded {
  let held = numbers.get(candle);
  if (held === undefined) {
    held = {
      start: candle.start,
      open: toNumber(candle.open),
      high: toNumber(candle.high),
      low: toNumber(candle.low),
      close: toNumber(candle.close),
      volume: toNumber(candle.volume),
      quoteVolume: candle.quoteVolume === null ? null : toNumber(candle.quoteVolume),
    };
    numbers.set(candle, held);
  }
  return held;
}
