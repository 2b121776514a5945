import type { Line } from "./averages.ts";
import { ema } from "./averages.ts";

/** How far a fast average is from a slow one, that distance's own average, and the difference of both. */
export interface Macd {
  readonly macd: Line;
  readonly signal: Line;
  readonly histogram: Line;
}

/** The moving average convergence/divergence of exponential averages. */
export function macd(values: Line, fast: number, slow: number, smoothing: number): Macd {
  const distance = difference(ema(values, fast), ema(values, slow));
  const signal = ema(distance, smoothing);
  return { macd: distance, signal, histogram: difference(distance, signal) };
}

function difference(left: Line, right: Line): Line {
  return left.map((value, index) => {
    const other = right[index] ?? null;
    return value === null || other === null ? null : value - other;
  });
}
