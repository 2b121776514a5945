import assert from "node:assert/strict";
import { decimal } from "../../lib/candles/decimal.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { dayFigures } from "./day_figures.ts";

Deno.test("day figures - a day's extremes are those of its candles, wherever they are", () => {
  const candles = [["10", "20"], ["9.5", "15"], ["12", "20.01"]].map(([low, high]) =>
    sampleCandle({ low: decimal(low ?? ""), high: decimal(high ?? "") })
  );
  assert.deepEqual(dayFigures(candles), { low: decimal("9.5"), high: decimal("20.01") });
  assert.equal(dayFigures([]), null);
});
