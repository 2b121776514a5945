import type { Candle } from "../../lib/candles/candle.ts";
import type { EpochSeconds } from "../../lib/candles/granularity.ts";
import { ExactEdgeSvg } from "./ExactEdgeSvg.tsx";
import type { CandlePaths } from "./candle_geometry.ts";
import { candlePaths } from "./candle_geometry.ts";
import { axisWidth } from "./price_axis.ts";
import { priceText } from "../site/price.ts";
import { axisText, startText } from "../site/utc_time.ts";
import { decimal, toNumber } from "../../lib/candles/decimal.ts";

// As `PriceChart` sets the live chart, so that nothing jumps when that takes over.
const BOX = {
  width: 1000,
  height: 400,
  topShare: 0.05,
  bottomShare: 0.2,
  volumeShare: 0.15,
  slots: 120,
  emptySlots: 3,
} as const;

/**
 * Candles and volume as a picture drawn by the server: the whole chart for who has no script, and the
 * first sight of it for everyone. `candles` ascend by start.
 */
export function CandleSvg(
  { candles, digits, note = "The table below has the newest ones.", exactSince = null }: {
    candles: readonly Candle[];
    digits: number;
    /** Ends what is said of the picture. */
    note?: string;
    /** From when on candles are exact; null draws no boundary. */
    exactSince?: EpochSeconds | null;
  },
) {
  const paths = candlePaths(candles, BOX);
  const newest = candles.at(-1);
  if (paths === null || newest === undefined) return null;
  return (
    <div
      class="candle-svg"
      role="img"
      aria-label={`${description(candles, digits)} ${note}`.trim()}
      data-axis={axisWidth(toNumber(newest.close), digits)}
    >
      <ExactEdgeSvg candles={candles} centers={paths.centers} since={exactSince} box={BOX} />
      <svg class="plot" viewBox={`0 0 ${BOX.width} ${BOX.height}`} preserveAspectRatio="none">
        {paths.scale.map(({ y }) => <path key={y} class="scale-line" d={`M0 ${y}H${BOX.width}`} />)}
        <path class="volume up-ink" d={paths.upVolume} />
        <path class="volume down-ink" d={paths.downVolume} />
        <path class="wicks up-ink" d={paths.upWicks} />
        <path class="bodies up-ink" d={paths.upBodies} />
        <path class="hollow up-ink" d={paths.upHollow} />
        <path class="wicks down-ink" d={paths.downWicks} />
        <path class="bodies down-ink" d={paths.downBodies} />
        <path class="hollow down-ink" d={paths.downHollow} />
      </svg>
      <PriceScale paths={paths} digits={digits} />
      <TimeScale candles={candles} paths={paths} />
    </div>
  );
}

function PriceScale({ paths, digits }: { paths: CandlePaths; digits: number }) {
  return (
    <svg class="price-scale">
      {paths.scale.map(({ y, value }) => (
        <text key={y} x="8" y={`${y / BOX.height * 100}%`} dy="0.35em">
          {priceText(decimal(value.toFixed(digits)), digits)}
        </text>
      ))}
    </svg>
  );
}

function TimeScale({ candles, paths }: { candles: readonly Candle[]; paths: CandlePaths }) {
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

function description(candles: readonly Candle[], digits: number): string {
  const first = candles[0];
  const last = candles.at(-1);
  if (first === undefined || last === undefined) return "";
  const from = startText(first.start, first.granularity);
  const to = startText(last.start, last.granularity);
  return `Candlestick chart of ${last.productId}, ${candles.length} candles from ${from} to ${to} ` +
    `UTC, last price ${priceText(last.close, digits)}.`;
}
