import type { Candle } from "../../lib/candles/candle.ts";
import type { EpochSeconds } from "../../lib/candles/granularity.ts";

/**
 * Where the exact past begins, in a picture: a line, and a shade over what is older. Nothing if
 * that is not visible.
 */
export function ExactEdgeSvg(
  { candles, centers, since, box }: {
    /** Those that are drawn, ascending by start. */
    candles: readonly Candle[];
    /** Their middles. */
    centers: readonly number[];
    /** From when on candles are exact; null for nothing known. */
    since: EpochSeconds | null;
    /** The size that the picture is drawn in. */
    box: { readonly width: number; readonly height: number };
  },
) {
  const x = edgeAt(candles, centers, since);
  if (x === null) return null;
  // There is no room for the label on its right.
  const isLate = x > box.width * 0.75;
  return (
    <>
      <svg class="plot" viewBox={`0 0 ${box.width} ${box.height}`} preserveAspectRatio="none">
        <path class="not-exact" d={`M0 0H${x}V${box.height}H0z`} />
        <path class="exact-edge" d={`M${x} 0V${box.height}`} />
      </svg>
      <svg class="plot-words">
        <text
          x={`${x / box.width * 100}%`}
          y="100%"
          dy="-0.75em"
          dx={isLate ? "-0.5em" : "0.5em"}
          text-anchor={isLate ? "end" : "start"}
        >
          Exact from here
        </text>
      </svg>
    </>
  );
}

/** Left of the first candle in the exact past; null if that is not among the candles, or all of them are in it. */
function edgeAt(
  candles: readonly Candle[],
  centers: readonly number[],
  since: EpochSeconds | null,
): number | null {
  if (since === null) return null;
  const index = candles.findIndex(({ start }) => start >= since);
  const [before, inside] = [centers[index - 1], centers[index]];
  return before === undefined || inside === undefined ? null : (before + inside) / 2;
}
