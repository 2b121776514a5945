import type { Line } from "./averages.ts";
import { ema, sma } from "./averages.ts";
import { bollinger } from "./bollinger.ts";
import type { Traded } from "./day_vwap.ts";
import { dayVwap } from "./day_vwap.ts";
import type { Indicator } from "./indicator.ts";
import { macd } from "./macd.ts";
import { rsi } from "./rsi.ts";

/** One line, or row of columns, of a drawn indicator. */
export interface IndicatorLine {
  readonly style: "line" | "faint" | "columns";
  readonly values: Line;
}

/** An indicator's lines, a value for each candle; always the same number of lines for one indicator. */
export function indicatorLines(
  indicator: Indicator,
  candles: readonly Traded[],
): readonly IndicatorLine[] {
  const closes = candles.map(({ close }) => close);
  switch (indicator.kind) {
    case "sma":
      return [{ style: "line", values: sma(closes, indicator.period) }];
    case "ema":
      return [{ style: "line", values: ema(closes, indicator.period) }];
    case "vwap":
      return [{ style: "line", values: dayVwap(candles) }];
    case "rsi":
      return [{ style: "line", values: rsi(closes, indicator.period) }];
    case "bb": {
      const { middle, upper, lower } = bollinger(closes, indicator.period, indicator.deviations);
      return [
        { style: "faint", values: middle },
        { style: "line", values: upper },
        { style: "line", values: lower },
      ];
    }
    case "macd": {
      const { fast, slow, signal } = indicator;
      const lines = macd(closes, fast, slow, signal);
      return [
        { style: "columns", values: lines.histogram },
        { style: "line", values: lines.macd },
        { style: "faint", values: lines.signal },
      ];
    }
  }
}
