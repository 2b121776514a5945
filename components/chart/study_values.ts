import type { Unit } from "../../lib/indicators/indicator_kind.ts";
import type { Cell } from "../../lib/indicators/sheet.ts";
import type { Study } from "../../lib/indicators/study.ts";
import { decimal } from "../../lib/candles/decimal.ts";
import { compactAmount } from "../site/amount.ts";
import { plainPriceText } from "../site/plain_price.ts";

/** A line's colour: of rising or falling prices, one of the six for indicators, or one of the five for compared products. */
export type Ink = "up" | "down" | 1 | 2 | 3 | 4 | 5 | 6 | CompareInk;
export type CompareInk = "compare-1" | "compare-2" | "compare-3" | "compare-4" | "compare-5";

/** An indicator's or a compared product's values at one candle, as a legend shows them. */
export interface StudyValues {
  readonly title: string;
  readonly unit: Unit | "percent";
  /** Which of the panes below the prices it is in, from 0 on; null if it is over the prices. */
  readonly pane: number | null;
  /** The ink is null for a value without a line. */
  readonly values: readonly { readonly value: Cell; readonly ink: Ink | null }[];
}

const INKS = [1, 2, 3, 4, 5, 6] as const;
const COMPARE_INKS = ["compare-1", "compare-2", "compare-3", "compare-4", "compare-5"] as const;

/** The colour of a compared product's line, by its place among them. */
export function compareInk(place: number): CompareInk {
  return COMPARE_INKS[place % COMPARE_INKS.length] ?? "compare-1";
}

/** The colour of an indicator's line, by the indicator's place among those chosen. */
export function lineInk(place: number, ink: "up" | "down" | number = 0): Ink {
  return typeof ink === "number" ? INKS[(place + ink) % INKS.length] ?? 1 : ink;
}

/** The indicators' values at the place of a candle. */
export function studyValues(studies: readonly Study[], index: number): readonly StudyValues[] {
  let pane = 0;
  return studies.map((study, place) => {
    const cells = study.valuesAt(index);
    return {
      title: study.title,
      unit: study.kind.unit,
      pane: study.kind.pane === "own" ? pane++ : null,
      values: study.lines.map(({ ink, trend, shift = 0, style }, line) => {
        const sign = trend === undefined || style === "columns" ? null : trend.at(index - shift);
        return {
          value: cells[line] ?? null,
          ink: sign === null ? lineInk(place, ink) : sign > 0 ? "up" : "down",
        };
      }),
    };
  });
}

/** A value for people: prices in the product's digits, and with more where they are small. */
export function studyText(
  value: Cell,
  unit: StudyValues["unit"],
  digits: number,
  isOver: boolean,
): string {
  if (value === null) return "–";
  if (unit === "percent") return `${value > 0 ? "+" : ""}${plainPriceText(value.toFixed(2), 2)}%`;
  if (unit === "volume") return compactAmount(decimal(value.toFixed(8))).replace("-", "−");
  const size = Math.abs(value);
  const small = size >= 1 || size === 0 ? 2 : Math.min(12, digits + 2);
  const shown = unit === "index" ? 2 : isOver ? digits : small;
  return plainPriceText(value.toFixed(shown), shown);
}
