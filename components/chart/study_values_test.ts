import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { parseIndicators } from "../../lib/indicators/parse_indicators.ts";
import { Study } from "../../lib/indicators/study.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { lineInk, studyText, studyValues } from "./study_values.ts";
import { traded } from "./traded.ts";

Deno.test("study values - prices have the product's digits, small ones more, volumes are short", () => {
  assert.equal(studyText(65_945.926, "price", 2, true), "65,945.93");
  assert.equal(studyText(12.3456, "price", 8, false), "12.35");
  assert.equal(studyText(-0.000012345, "price", 8, false), "−0.0000123450");
  assert.equal(studyText(56.714, "index", 8, false), "56.71");
  assert.equal(studyText(-1_234_567, "volume", 2, false), "−1.23M");
  assert.equal(studyText(null, "price", 2, true), "–");
});

Deno.test("study values - each line has its own colour, and a trend that of its side", () => {
  const { indicators } = parseIndicators("sma:2,adx:2,supertrend:2:1,macd:2:3:2");
  const studies = indicators.map((indicator) => new Study(indicator));
  const candles = Array.from({ length: 12 }, (_, index) =>
    traded(sampleCandle({
      open: decimal(`${10 + index}`),
      close: decimal(`${11 + index}`),
      high: decimal(`${11 + index}`),
      low: decimal(`${10 + index}`),
    })));
  for (const study of studies) study.fill(candles);
  const values = studyValues(studies, 11);
  assert.deepEqual(values.map(({ pane }) => pane), [null, 0, null, 1]);
  assert.deepEqual(values.map(({ values }) => values.map(({ ink }) => ink)), [
    [1],
    [2, "up", "down"],
    ["up"],
    [4, 4, 5],
  ]);
  assert.equal(values[0]?.values[0]?.value, 21.5);
  assert.equal(lineInk(5, 1), 1);
});
