import type { Traded } from "./sheet.ts";

/** For tests: a walk without chance, the same candles each time, ten minutes each, from a midnight on. */
export function walk(length: number): Traded[] {
  let price = 100;
  return Array.from({ length }, (_, index) => {
    const open = price;
    price *= 1 + 0.01 * Math.sin(index * 1.7) + 0.004 * Math.cos(index / 9);
    const high = Math.max(open, price) * (1.002 + 0.002 * Math.sin(index) ** 2);
    const low = Math.min(open, price) * (0.998 - 0.002 * Math.cos(index) ** 2);
    const volume = 5 + 4 * Math.sin(index / 5);
    return {
      start: 1_704_067_200 + index * 600,
      open,
      high,
      low,
      close: price,
      volume,
      quoteVolume: volume * (high + low) / 2,
    };
  });
}
