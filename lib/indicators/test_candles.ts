import fc from "fast-check";
import type { IndicatorKind } from "./indicator_kind.ts";
import { settingsByName } from "./parse_indicators.ts";
import { type Column, type Line, Sheet, type Traded } from "./sheet.ts";

/** For tests: candles of which only some prices matter, one a minute. */
export function tradedAt(
  candles: readonly (Partial<Omit<Traded, "start">> & { readonly close: number })[],
): Traded[] {
  return candles.map(({ close, open = close, high = close, low = close, ...rest }, index) => ({
    start: index * 60,
    open,
    high,
    low,
    close,
    volume: rest.volume ?? 1,
    quoteVolume: rest.quoteVolume ?? null,
  }));
}

/** For tests: candles that close at these prices. */
export function closing(prices: readonly number[]): Traded[] {
  return tradedAt(prices.map((close) => ({ close })));
}

/** For tests: candles of prices that were published as lists. */
export function barsOf(
  high: readonly number[],
  low: readonly number[],
  close: readonly number[],
): Traded[] {
  return tradedAt(
    close.map((at, index) => ({ close: at, high: high[index] ?? at, low: low[index] ?? at })),
  );
}

/** For tests: an indicator's lines over candles. */
export function linesOf(
  kind: IndicatorKind,
  settings: readonly number[],
  candles: readonly Traded[],
): readonly Line[] {
  const sheet = new Sheet();
  const lines = kind.compute(sheet, settingsByName(kind, settings));
  sheet.fill(candles);
  return lines.map(({ column }) => column.cells);
}

/** For tests: the only line of an indicator. */
export function lineOf(
  kind: IndicatorKind,
  settings: readonly number[],
  candles: readonly Traded[],
): Line {
  return linesOf(kind, settings, candles)[0] ?? [];
}

/** For tests: a column over any values. */
export function columnOver(
  values: Line,
  build: (sheet: Sheet, source: Column, period: number) => Column,
  period: number,
): Line {
  const sheet = new Sheet();
  const column = build(sheet, sheet.column((index) => values[index] ?? null), period);
  sheet.fill(closing(values.map((value) => value ?? 0)));
  return column.cells;
}

/** For tests: any candles of a walk, one every ten minutes, some of them without trades. */
export function anyCandles(maxLength: number): fc.Arbitrary<Traded[]> {
  const step = fc.record({
    move: fc.double({ min: -0.05, max: 0.05, noNaN: true }),
    above: fc.double({ min: 0, max: 0.03, noNaN: true }),
    below: fc.double({ min: 0, max: 0.03, noNaN: true }),
    volume: fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: 0.001, max: 1000, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    isKnown: fc.boolean(),
    skipped: fc.integer({ min: 0, max: 3 }),
  });
  return fc.array(step, { maxLength }).map((steps) => {
    let price = 100;
    let start = 1_704_067_200 - 86_400 / 2;
    return steps.map(({ move, above, below, volume, isKnown, skipped }) => {
      const open = price;
      const close = price = open * (1 + move);
      const high = Math.max(open, close) * (1 + above);
      const low = Math.min(open, close) * (1 - below);
      start += 600 * (1 + skipped);
      const quoteVolume = isKnown ? volume * (high + low) / 2 : null;
      return { start, open, high, low, close, volume, quoteVolume };
    });
  });
}
