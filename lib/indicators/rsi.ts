import type { Line } from "./averages.ts";
import { wilder } from "./averages.ts";

/** Wilder's relative strength index, 0 to 100; 50 where nothing has moved. */
export function rsi(values: Line, period: number): Line {
  const moves = values.map((value, index) => {
    const before = values[index - 1] ?? null;
    return value === null || before === null ? null : value - before;
  });
  const gains = wilder(moves.map((move) => move === null ? null : Math.max(0, move)), period);
  const losses = wilder(moves.map((move) => move === null ? null : Math.max(0, -move)), period);
  return gains.map((gain, index) => {
    const loss = losses[index] ?? null;
    if (gain === null || loss === null) return null;
    return gain + loss === 0 ? 50 : 100 * gain / (gain + loss);
  });
}
