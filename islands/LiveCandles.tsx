import { useEffect } from "preact/hooks";
import type { LiveCandlesProps } from "../components/chart/live_candles.tsx";
import { EarlyFrames } from "../lib/browser/early_frames.ts";
import { listen } from "../lib/browser/page_stream.ts";

/**
 * Makes the page's chart, table and figures live. They stay the server's until the chart library is loaded, together
 * with all code that needs it; what the stream brings until then is kept.
 */
export default function LiveCandles(props: LiveCandlesProps) {
  useEffect(() => {
    // Buffers between the stream and its listeners, each of which begins to listen at another moment.
    const early = {
      chart: new EarlyFrames(),
      table: new EarlyFrames(),
      figures: new EarlyFrames(),
    };
    const stops = Object.values(early).map((frames) => listen(props.stream, frames));
    const stop = () => stops.splice(0).forEach((stopOne) => stopOne());
    let isGone = false;
    import("../components/chart/live_candles.tsx").then(({ showLiveCandles }) => {
      if (!isGone) stops.push(showLiveCandles(props, early));
    }, () => {
      stop();
      const note = document.querySelector(".chart-note");
      if (note === null) return;
      note.textContent = "The live chart could not be loaded. This one is as old as the page.";
    });
    return () => {
      isGone = true;
      stop();
    };
  }, []);

  return null;
}
