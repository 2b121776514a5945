import { adx } from "./adx.ts";
import { atr } from "./atr.ts";
import { bollinger } from "./bollinger.ts";
import { donchian } from "./donchian.ts";
import { ema } from "./ema.ts";
import { ichimoku } from "./ichimoku.ts";
import type { IndicatorKind } from "./indicator_kind.ts";
import { keltner } from "./keltner.ts";
import { macd } from "./macd.ts";
import { mfi } from "./mfi.ts";
import { obv } from "./obv.ts";
import { rsi } from "./rsi.ts";
import { sma } from "./sma.ts";
import { stochastic } from "./stochastic.ts";
import { supertrend } from "./supertrend.ts";
import { volumeAverage } from "./volume_average.ts";
import { vwap } from "./vwap.ts";
import { vwapBands } from "./vwap_bands.ts";

/**
 * All indicators, in the order of the menu: over the prices, over the volume, in separate panes.
 */
export const INDICATOR_KINDS: readonly IndicatorKind[] = [
  sma,
  ema,
  vwap,
  vwapBands,
  bollinger,
  keltner,
  donchian,
  supertrend,
  ichimoku,
  volumeAverage,
  rsi,
  macd,
  stochastic,
  adx,
  atr,
  mfi,
  obv,
];

const BY_NAME: ReadonlyMap<string, IndicatorKind> = new Map(
  INDICATOR_KINDS.map((kind) => [kind.name, kind]),
);

/** The kind of a name; null if there is none. */
export function indicatorNamed(name: string): IndicatorKind | null {
  return BY_NAME.get(name) ?? null;
}
