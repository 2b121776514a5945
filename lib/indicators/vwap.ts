import { dayCandles, dayVwap } from "./day_vwap.ts";
import { indicatorKind } from "./indicator_kind.ts";

/** The volume-weighted average price of the day. */
export const vwap = indicatorKind({
  name: "vwap",
  title: "VWAP of the day",
  short: "VWAP",
  pane: "price",
  unit: "price",
  inputs: {},
  warmUp: (_, candleSeconds) => dayCandles(candleSeconds),
  compute: (sheet) => [{ column: dayVwap(sheet).average, style: "line" }],
});
