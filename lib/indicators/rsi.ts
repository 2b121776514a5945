import { wilder } from "./averages.ts";
import { indicatorKind, period, wilderSettling } from "./indicator_kind.ts";
import { type Line, Sheet } from "./sheet.ts";

/** Wilder's relative strength index, 0 to 100; 50 where nothing has moved. */
export const rsi = indicatorKind({
  name: "rsi",
  title: "Relative strength (RSI)",
  short: "RSI",
  pane: "own",
  unit: "index",
  inputs: { period: period(14) },
  levels: [30, 70],
  warmUp: ({ period }) => wilderSettling(period),
  compute(sheet, { period }) {
    const move = sheet.column((index) => {
      const [now, before] = [sheet.close.at(index), sheet.close.at(index - 1)];
      return now === null || before === null ? null : now - before;
    });
    const gain = wilder(sheet, sheet.combine([move], (value) => Math.max(0, value)), period);
    const loss = wilder(sheet, sheet.combine([move], (value) => Math.max(0, -value)), period);
    const column = sheet.combine(
      [gain, loss],
      (up, down) => up + down === 0 ? 50 : 100 * up / (up + down),
    );
    return [{ column, style: "line" }];
  },
});

/** The index over closing prices alone. */
export function rsiOfCloses(closes: readonly number[], period: number): Line {
  const sheet = new Sheet();
  const [line] = rsi.compute(sheet, { period });
  sheet.fill(closes.map((close, index) => ({
    start: index,
    open: close,
    high: close,
    low: close,
    close,
    volume: 0,
    quoteVolume: null,
  })));
  return line?.column.cells ?? [];
}
