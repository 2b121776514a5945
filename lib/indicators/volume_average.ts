import { sma } from "./averages.ts";
import { indicatorKind, period } from "./indicator_kind.ts";

/** The simple moving average of the volume, over its columns. */
export const volumeAverage = indicatorKind({
  name: "volume",
  title: "Average volume",
  short: "Average volume",
  pane: "volume",
  unit: "volume",
  inputs: { period: period(20) },
  warmUp: ({ period }) => period - 1,
  compute: (sheet, { period }) => [{ column: sma(sheet, sheet.volume, period), style: "line" }],
});
