import type { IChartApi } from "lightweight-charts";

/** Where a page shows one of several charts; the style sheet has it too. */
const NARROW = "(width < 48rem)";

/**
 * Leaves swipes over a chart to the page around it where that shows one chart at a time; on full screen they move the
 * chart's times, as they do elsewhere. Returns how to stop.
 */
export function yieldSwipes(chart: IChartApi): () => void {
  const narrow = matchMedia(NARROW);
  const fit = () => {
    const horzTouchDrag = !narrow.matches || document.fullscreenElement !== null;
    chart.applyOptions({ handleScroll: { horzTouchDrag } });
  };
  fit();
  narrow.addEventListener("change", fit);
  document.addEventListener("fullscreenchange", fit);
  return () => {
    narrow.removeEventListener("change", fit);
    document.removeEventListener("fullscreenchange", fit);
  };
}
