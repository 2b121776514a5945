import type { ChartBox } from "./candle_geometry.ts";

/** The server's drawing of a chart: as `PriceChart` sets the live one, so that nothing jumps when that takes over. */
export const CHART_BOX: ChartBox = {
  width: 1000,
  height: 400,
  topShare: 0.05,
  bottomShare: 0.2,
  volumeShare: 0.15,
  slots: 120,
  emptySlots: 3,
};
