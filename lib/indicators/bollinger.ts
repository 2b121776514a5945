import { sma } from "./averages.ts";
import { factor, indicatorKind, period } from "./indicator_kind.ts";

/**
 * Bollinger bands, with the standard deviation of the population, as their inventor defined them.
 */
export const bollinger = indicatorKind({
  name: "bb",
  title: "Bollinger bands",
  short: "Bollinger",
  pane: "price",
  unit: "price",
  inputs: { period: period(20), deviations: factor(2, "deviations") },
  fill: [1, 2],
  warmUp: ({ period }) => period - 1,
  compute(sheet, { period, deviations }) {
    const middle = sma(sheet, sheet.close, period);
    const spread = sheet.column((index) => {
      const mean = middle.at(index);
      if (mean === null) return null;
      // Around the mean, and not as a difference of squares, which loses all digits of a quiet market.
      let squares = 0;
      for (let at = index - period + 1; at <= index; at++) {
        squares += ((sheet.close.at(at) ?? mean) - mean) ** 2;
      }
      return deviations * Math.sqrt(squares / period);
    });
    return [
      { column: middle, style: "faint" },
      { column: sheet.combine([middle, spread], (mean, wide) => mean + wide), style: "line" },
      { column: sheet.combine([middle, spread], (mean, wide) => mean - wide), style: "line" },
    ];
  },
});
