import type { Indicator } from "./indicator.ts";
import type { IndicatorKind, IndicatorLine } from "./indicator_kind.ts";
import { indicatorNamed } from "./indicator_table.ts";
import { indicatorTitle, settingsByName } from "./parse_indicators.ts";
import { type Cell, Sheet, type Traded } from "./sheet.ts";

/** The most candles that are read for indicators alone: a day of minutes. */
const LONGEST_WARM_UP = 1440;

/** An indicator over candles: its lines, kept up to date. */
export class Study {
  readonly indicator: Indicator;
  readonly kind: IndicatorKind;
  readonly title: string;
  readonly lines: readonly IndicatorLine[];
  readonly #sheet = new Sheet();

  /** A `RangeError` for a kind that is not in the table. */
  constructor(indicator: Indicator) {
    const kind = indicatorNamed(indicator.kind);
    if (kind === null) throw new RangeError(`no indicator ${indicator.kind}`);
    this.indicator = indicator;
    this.kind = kind;
    this.title = indicatorTitle(indicator);
    this.lines = kind.compute(this.#sheet, settingsByName(kind, indicator.settings));
  }

  /** Computes from candle `from` on: those before have not changed since the last time. */
  fill(candles: readonly Traded[], from = 0): void {
    this.#sheet.fill(candles, from);
  }

  /** Each line's value at the position of a candle. */
  valuesAt(index: number): readonly Cell[] {
    return this.lines.map(({ column, shift = 0 }) => column.at(index - shift));
  }
}

/** How many candles are needed before the first visible one, so that the indicators' lines are complete. */
export function warmUp(indicators: readonly Indicator[], candleSeconds: number): number {
  const wishes = indicators.map(({ kind, settings }) => {
    const found = indicatorNamed(kind);
    return found?.warmUp(settingsByName(found, settings), candleSeconds) ?? 0;
  });
  return Math.min(LONGEST_WARM_UP, Math.max(0, ...wishes));
}

/** How many candles ahead of the newest one the indicators are drawn. */
export function candlesAhead(studies: readonly Study[]): number {
  return Math.max(0, ...studies.flatMap(({ lines }) => lines.map(({ shift = 0 }) => shift)));
}
