import assert from "node:assert/strict";
import { decimal, formatDecimal } from "../../lib/candles/decimal.ts";
import { vwap } from "./vwap.ts";

function vwapText(quote: string, volume: string, digits: number): string | null {
  const average = vwap(decimal(quote), decimal(volume), digits);
  return average === null ? null : formatDecimal(average);
}

Deno.test("vwap - the average price is exact to the requested digit, rounded half up", () => {
  assert.equal(vwapText("300", "2", 2), "150");
  assert.equal(vwapText("1", "3", 4), "0.3333");
  assert.equal(vwapText("2", "3", 4), "0.6667");
  assert.equal(vwapText("0.5", "4", 2), "0.13");
});

Deno.test("vwap - tiny prices of huge volumes keep their digits", () => {
  assert.equal(vwapText("8120000.00000001", "1000000000000", 8), "0.00000812");
});

Deno.test("vwap - what was not traded, or is not known, has no average", () => {
  assert.equal(vwap(null, decimal("1"), 2), null);
  assert.equal(vwap(decimal("0"), decimal("0"), 2), null);
});
