import type { Candle } from "../../lib/candles/candle.ts";
import type { EpochSeconds } from "../../lib/candles/granularity.ts";
import { ExactEdgeSvg } from "./ExactEdgeSvg.tsx";
import type { ChartPicture, ComparedCandles } from "./chart_picture.ts";
import { chartPicture } from "./chart_picture.ts";
import type { ChartView } from "./chart_view.ts";
import { CHART_BOX as BOX } from "./chart_box.ts";
import { PLAIN_VIEW, scaleOf } from "./chart_view.ts";
import { LinePaths } from "./LinePaths.tsx";
import { PaneSvg } from "./PaneSvg.tsx";
import { axisWidth } from "./price_axis.ts";
import { ScaleTexts } from "./ScaleTexts.tsx";
import { Studies } from "./Studies.tsx";
import { priceText } from "../site/price.ts";
import { axisText, startText } from "../site/utc_time.ts";
import { decimal, toNumber } from "../../lib/candles/decimal.ts";

/** How many candles a picture shows. */
export const DRAWN_CANDLES = BOX.slots;

/**
 * Candles, volume and indicators as a picture drawn by the server: the whole chart without script,
 * and the first view with script. `candles` ascend by start; the newest are shown, and those before
 * them are for the indicators.
 */
export function CandleSvg(
  {
    candles,
    digits,
    view = PLAIN_VIEW,
    compared = [],
    note = "The table below has the newest ones.",
    exactSince = null,
  }: {
    candles: readonly Candle[];
    digits: number;
    view?: ChartView;
    /** The candles of the view's compared products. */
    compared?: readonly ComparedCandles[];
    /** The end of the picture's description. */
    note?: string;
    /** From when on candles are exact; null draws no boundary. */
    exactSince?: EpochSeconds | null;
  },
) {
  const picture = chartPicture(candles, DRAWN_CANDLES, view, BOX, compared);
  const newest = candles.at(-1);
  if (picture === null || newest === undefined) return null;
  const { paths, panes } = picture;
  const texts = paths.scale.map(({ value }) =>
    scaleOf(view) === "percent"
      ? `${value.toFixed(2).replace("-", "−")}%`
      : priceText(decimal(value.toFixed(digits)), digits)
  );
  return (
    <div
      class="candle-svg"
      role="img"
      aria-label={`${description(picture, digits)} ${note}`.trim()}
      data-axis={axisWidth(toNumber(newest.close), digits)}
    >
      <div class="panes">
        <div class="pane">
          <ExactEdgeSvg
            candles={picture.candles}
            centers={paths.centers}
            since={exactSince}
            box={BOX}
          />
          <MainPlot picture={picture} />
          <ScaleTexts lines={paths.scale} height={BOX.height} texts={texts} />
        </div>
        {panes.map((pane) => (
          <PaneSvg key={pane.study.title} pane={pane} box={picture.paneBox} digits={digits} />
        ))}
      </div>
      <Studies studies={picture.studies} digits={digits} />
      <TimeScale picture={picture} />
    </div>
  );
}

function MainPlot({ picture: { paths, lines } }: { picture: ChartPicture }) {
  return (
    <svg class="plot" viewBox={`0 0 ${BOX.width} ${BOX.height}`} preserveAspectRatio="none">
      {paths.scale.map(({ y }) => <path key={y} class="scale-line" d={`M0 ${y}H${BOX.width}`} />)}
      <Path look="volume up-ink" path={paths.upVolume} />
      <Path look="volume down-ink" path={paths.downVolume} />
      <LinePaths lines={lines.filter(({ look }) => look === "fill")} />
      <Path look="area" path={paths.area} />
      <Path look="closes" path={paths.line} />
      <Path look="wicks up-ink" path={paths.upWicks} />
      <Path look="bodies up-ink" path={paths.upBodies} />
      <Path look="pale up-ink" path={paths.upPale} />
      <Path look="outlines up-ink" path={paths.upOutlines} />
      <Path look="wicks down-ink" path={paths.downWicks} />
      <Path look="bodies down-ink" path={paths.downBodies} />
      <Path look="pale down-ink" path={paths.downPale} />
      <Path look="outlines down-ink" path={paths.downOutlines} />
      <LinePaths lines={lines.filter(({ look }) => look !== "fill")} />
    </svg>
  );
}

function Path({ look, path }: { look: string; path: string }) {
  return path === "" ? null : <path class={look} d={path} />;
}

function TimeScale({ picture: { candles, paths } }: { picture: ChartPicture }) {
  const stride = Math.ceil(BOX.slots / 6);
  const shown = candles.flatMap((candle, index) => {
    const x = paths.centers[index] ?? 0;
    // A label needs room on both sides.
    const fits = x > BOX.width * 0.06 && x < BOX.width * 0.94;
    return fits && (candles.length - index) % stride === Math.floor(stride / 2)
      ? [{ x, text: axisText(candle.start, candle.granularity) }]
      : [];
  });
  return (
    <svg class="time-scale">
      {shown.map(({ x, text }) => (
        <text key={x} x={`${x / BOX.width * 100}%`} y="50%" dy="0.35em" text-anchor="middle">
          {text}
        </text>
      ))}
    </svg>
  );
}

function description({ candles, studies, panes }: ChartPicture, digits: number): string {
  const first = candles[0];
  const last = candles.at(-1);
  if (first === undefined || last === undefined) return "";
  const from = startText(first.start, first.granularity);
  const to = startText(last.start, last.granularity);
  const names = [...studies, ...panes.map(({ study }) => study)].map(({ title }) => title);
  const indicators = names.length === 0 ? "" : ` With ${names.join("; ")}.`;
  return `Candlestick chart of ${last.productId}, ${candles.length} candles from ${from} to ${to} ` +
    `UTC, last price ${priceText(last.close, digits)}.${indicators}`;
}
