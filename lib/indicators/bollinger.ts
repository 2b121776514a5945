import type { Line } from "./averages.ts";
import { sma } from "./averages.ts";

/** A moving average and the lines some standard deviations above and below it. */
export interface Bands {
  readonly middle: Line;
  readonly upper: Line;
  readonly lower: Line;
}

/** Bollinger bands, with the standard deviation of the population, as their inventor has them. */
export function bollinger(values: Line, period: number, deviations: number): Bands {
  const middle = sma(values, period);
  const spread = middle.map((mean, index) => {
    if (mean === null) return null;
    // Around the mean, and not as a difference of squares, which loses all digits of a quiet market.
    const window = values.slice(index - period + 1, index + 1);
    const squares = window.reduce<number>((sum, value) => sum + ((value ?? mean) - mean) ** 2, 0);
    return deviations * Math.sqrt(squares / period);
  });
  const shifted = (sign: 1 | -1) =>
    middle.map((mean, index) => mean === null ? null : mean + sign * (spread[index] ?? 0));
  return { middle, upper: shifted(1), lower: shifted(-1) };
}
