import type { Candle } from "../../lib/candles/candle.ts";
import { compare, decimal, toNumber } from "../../lib/candles/decimal.ts";
import type { Granularity } from "../../lib/candles/granularity.ts";
import { shortGranularity } from "../../lib/candles/granularity.ts";
import type { ProductId } from "../../lib/candles/product.ts";
import { compactAmount } from "../site/amount.ts";
import { candlePaths } from "../chart/candle_geometry.ts";
import { priceText } from "../site/price.ts";
import { axisText, startText } from "../site/utc_time.ts";

const WIDTH = 880;
const HEIGHT = 460;
const HEAD = 64;
const FOOT = 30;
const PLOT = {
  width: 776,
  height: HEIGHT - HEAD - FOOT,
  topShare: 0.03,
  bottomShare: 0.2,
  volumeShare: 0.15,
  slots: 120,
  emptySlots: 2,
} as const;

// Readable on light and dark backgrounds; a style sheet may set the variables.
const UP = "var(--spot-chart-up, #0c9a6d)";
const DOWN = "var(--spot-chart-down, #d9474f)";
const TEXT = "var(--spot-chart-text, #7b818e)";
const STRONG = "var(--spot-chart-strong-text, currentColor)";
const GRID = "var(--spot-chart-grid, #7b818e40)";

/** A whole chart as one picture that needs no style sheet: any page can show it. */
export function SpotChartSvg({ productId, granularity, candles, digits }: {
  readonly productId: ProductId;
  readonly granularity: Granularity;
  /** Ascending by start. */
  readonly candles: readonly Candle[];
  readonly digits: number;
}) {
  const paths = candlePaths(candles, PLOT);
  const last = candles.at(-1);
  if (paths === null || last === undefined) {
    return <p>No candles of {productId} yet.</p>;
  }
  const close = priceText(last.close, digits);
  const rises = compare(last.close, last.open) >= 0;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      role="img"
      aria-label={`${productId}, ${shortGranularity(granularity)} candles, last price ${close}`}
      font-family="var(--spot-chart-font, ui-sans-serif, system-ui, sans-serif)"
      font-size="12"
      fill={TEXT}
    >
      <text x="4" y="20" font-size="15" font-weight="600" fill={STRONG}>{productId}</text>
      <text x="4" y="48" font-size="24" font-weight="650" fill={rises ? UP : DOWN}>{close}</text>
      <text x={WIDTH - 4} y="20" text-anchor="end">
        {shortGranularity(granularity)} · {startText(last.start, granularity)} UTC ·{" "}
        {last.exact ? "exact" : last.isComplete ? "being proven" : "live"}
      </text>
      <text x={WIDTH - 4} y="46" text-anchor="end">
        O {priceText(last.open, digits)} H {priceText(last.high, digits)} L{" "}
        {priceText(last.low, digits)} Vol {compactAmount(last.volume)}
      </text>
      <g transform={`translate(0 ${HEAD})`}>
        {paths.scale.map(({ y, value }) => (
          <g key={y}>
            <path d={`M0 ${y}H${PLOT.width}`} stroke={GRID} />
            <text x={PLOT.width + 8} y={y} dy="0.35em">
              {priceText(decimal(value.toFixed(digits)), digits)}
            </text>
          </g>
        ))}
        <path d={paths.upVolume} fill={UP} opacity="0.28" />
        <path d={paths.downVolume} fill={DOWN} opacity="0.28" />
        <path d={paths.upWicks} stroke={UP} fill="none" />
        <path d={paths.downWicks} stroke={DOWN} fill="none" />
        <path d={paths.upBodies} fill={UP} />
        <path d={paths.downBodies} fill={DOWN} />
        <path d={paths.upPale} fill={UP} fill-opacity="0.32" stroke={UP} />
        <path d={paths.downPale} fill={DOWN} fill-opacity="0.32" stroke={DOWN} />
        <LastPrice
          y={paths.y(toNumber(last.close))}
          text={close}
          color={rises ? UP : DOWN}
        />
        {timeMarks(candles, paths.centers).map(({ x, text }) => (
          <text key={x} x={x} y={PLOT.height + 20} text-anchor="middle">{text}</text>
        ))}
      </g>
    </svg>
  );
}

function LastPrice({ y, text, color }: { y: number; text: string; color: string }) {
  return (
    <>
      <path d={`M0 ${y}H${PLOT.width}`} stroke={color} stroke-dasharray="2 3" />
      <rect
        x={PLOT.width + 2}
        y={y - 10}
        width={WIDTH - PLOT.width - 2}
        height="20"
        rx="3"
        fill={color}
      />
      <text
        x={PLOT.width + 8}
        y={y}
        dy="0.35em"
        font-weight="600"
        fill="var(--spot-chart-background, #fff)"
      >
        {text}
      </text>
    </>
  );
}

function timeMarks(candles: readonly Candle[], centers: readonly number[]) {
  return candles.flatMap((candle, index) => {
    const x = centers[index] ?? 0;
    const isMark = (candles.length - index) % 24 === 12 && x > 50 && x < PLOT.width - 50;
    return isMark ? [{ x, text: axisText(candle.start, candle.granularity) }] : [];
  });
}
