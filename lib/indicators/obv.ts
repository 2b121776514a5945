import { indicatorKind } from "./indicator_kind.ts";

/** Granville's on-balance volume: the volume of rising candles less that of falling ones. It begins at 0. */
export const obv = indicatorKind({
  name: "obv",
  title: "On-balance volume (OBV)",
  short: "OBV",
  pane: "own",
  unit: "volume",
  inputs: {},
  // Only its changes mean anything, not its level.
  warmUp: () => 0,
  compute(sheet) {
    const column = sheet.column((index, own) => {
      const [now, before] = [sheet.candle(index), sheet.candle(index - 1)];
      if (now === null || before === null) return now === null ? null : 0;
      return (own.at(index - 1) ?? 0) + Math.sign(now.close - before.close) * now.volume;
    });
    return [{ column, style: "line" }];
  },
});
