import { type ChartOptions, ColorType, type DeepPartial } from "lightweight-charts";
import { type Granularity, GRANULARITY_SECONDS } from "../../../lib/candles/granularity.ts";
import { markText, zonedStartText } from "../chart_time.ts";
import type { ChartView } from "../chart_view.ts";
import type { ChartPalette } from "./chart_palette.ts";

/** Of a chart's texts, in CSS pixels. */
export const FONT_SIZE = 11;

/** What a chart is created with. `zone` returns the time zone of its texts as of the moment. */
export function chartOptions(
  fontFamily: string,
  granularity: Granularity,
  palette: ChartPalette,
  zone: () => ChartView["zone"],
): DeepPartial<ChartOptions> {
  const { layout, ...themed } = themeOptions(palette);
  return {
    ...themed,
    // The library's logo would bring an inline style that our policy refuses; the page links instead.
    layout: {
      ...layout,
      attributionLogo: false,
      background: { type: ColorType.Solid, color: "transparent" },
      fontFamily,
      fontSize: FONT_SIZE,
      panes: { ...layout.panes, enableResize: false },
    },
    localization: {
      timeFormatter: (time: number) => zonedStartText(time, granularity, zone()),
    },
    timeScale: {
      borderVisible: false,
      timeVisible: GRANULARITY_SECONDS[granularity] < 86400,
      secondsVisible: false,
      tickMarkFormatter: (time: number, mark: number) => markText(time, mark, granularity, zone()),
      rightOffset: 3,
      minBarSpacing: 1,
    },
    // Plain scrolling belongs to the page; the chart zooms with ctrl or a pinch, and drags sideways.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
  };
}

/** Those of a chart's options that a theme decides. */
export function themeOptions(palette: ChartPalette) {
  const line = { color: palette.crosshair, labelBackgroundColor: palette.crosshair };
  return {
    layout: { textColor: palette.text, panes: { separatorColor: palette.line } },
    grid: { vertLines: { visible: false }, horzLines: { color: palette.line } },
    crosshair: { mode: 0, vertLine: line, horzLine: line },
  };
}
