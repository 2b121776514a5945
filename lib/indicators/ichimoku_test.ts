import assert from "node:assert/strict";
import { ichimoku } from "./ichimoku.ts";
import { indicatorOf, parseIndicators } from "./parse_indicators.ts";
import { Study } from "./study.ts";
import { barsOf } from "./test_candles.ts";

Deno.test("ichimoku - lines are middles of their periods, the cloud lies ahead and the close behind", () => {
  const close = [5, 7, 6, 9, 8, 4];
  const candles = barsOf(close.map((at) => at + 1), close.map((at) => at - 1), close);
  const { indicators: [indicator] } = parseIndicators("ichimoku:2:3:4");
  assert.ok(indicator !== undefined);
  const study = new Study(indicator);
  study.fill(candles);
  const columns = study.lines.map(({ column }) => column.cells);
  assert.deepEqual(columns, [
    // (highest high + lowest low) / 2 of 2, 3 and 4 candles
    [null, 6, 6.5, 7.5, 8.5, 6],
    [null, null, 6, 7.5, 7.5, 6.5],
    [null, null, 6.25, 7.5, 8, 6.25],
    [null, null, null, 7, 7.5, 6.5],
    close,
  ]);
  assert.deepEqual(study.lines.map(({ shift = 0 }) => shift), [0, 0, 2, 2, -2]);
  assert.deepEqual(study.valuesAt(5), [6, 6.5, 7.5, 7, null]);
  assert.equal(study.valuesAt(1).at(-1), 9);
});

Deno.test("ichimoku - its periods have to ascend", () => {
  assert.match(String(indicatorOf(ichimoku, ["9", "9"])), /the periods have to ascend/);
});
