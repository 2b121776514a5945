import { midpoint } from "./extremes.ts";
import { indicatorKind, period } from "./indicator_kind.ts";

/**
 * Ichimoku Kinkō Hyō: the conversion and base lines, the cloud between the two leading spans, drawn as many candles
 * ahead as the base line looks back, and the close drawn as many behind. The candle itself counts, as Hosoda counts it:
 * a period of 26 shifts by 25.
 */
export const ichimoku = indicatorKind({
  name: "ichimoku",
  title: "Ichimoku cloud",
  short: "Ichimoku",
  pane: "price",
  unit: "price",
  inputs: {
    conversion: period(9, "conversion period"),
    base: period(26, "base period"),
    span: period(52, "span period"),
  },
  fill: [2, 3],
  refuse: ({ conversion, base, span }) =>
    conversion < base && base < span ? null : "the periods have to ascend",
  warmUp: ({ base, span }) => span + base - 2,
  compute(sheet, { conversion, base, span }) {
    const fast = midpoint(sheet, conversion);
    const slow = midpoint(sheet, base);
    const ahead = base - 1;
    return [
      { column: fast, style: "line" },
      { column: slow, style: "line", ink: 1 },
      {
        column: sheet.combine([fast, slow], (one, other) => (one + other) / 2),
        style: "faint",
        ink: "up",
        shift: ahead,
      },
      { column: midpoint(sheet, span), style: "faint", ink: "down", shift: ahead },
      { column: sheet.close, style: "faint", ink: 2, shift: -ahead },
    ];
  },
});
