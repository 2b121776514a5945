import { indicatorKind, period } from "./indicator_kind.ts";
import type { Column, Sheet } from "./sheet.ts";

/** The money flow index, 0 to 100: the share of rising candles in what was paid; 50 where nothing has moved. */
export const mfi = indicatorKind({
  name: "mfi",
  title: "Money flow (MFI)",
  short: "MFI",
  pane: "own",
  unit: "index",
  inputs: { period: period(14) },
  levels: [20, 80],
  warmUp: ({ period }) => period,
  compute(sheet, { period }) {
    const typical = sheet.combine(
      [sheet.high, sheet.low, sheet.close],
      (high, low, close) => (high + low + close) / 3,
    );
    const flow = sheet.column((index) => {
      const [now, before] = [typical.at(index), typical.at(index - 1)];
      const volume = sheet.volume.at(index);
      if (now === null || before === null || volume === null) return null;
      return Math.sign(now - before) * now * volume;
    });
    const sums = [sumOf(sheet, flow, period, 1), sumOf(sheet, flow, period, -1)];
    const column = sheet.combine(
      sums,
      (up, down) => up + down === 0 ? 50 : 100 * up / (up + down),
    );
    return [{ column, style: "line" }];
  },
});

/** The sum of the last flows of a sign, as a positive number. */
function sumOf(sheet: Sheet, flow: Column, period: number, sign: 1 | -1): Column {
  return sheet.column((index) => {
    let sum = 0;
    for (let at = index - period + 1; at <= index; at++) {
      const value = flow.at(at);
      if (value === null) return null;
      sum += Math.max(0, value * sign);
    }
    return sum;
  });
}
