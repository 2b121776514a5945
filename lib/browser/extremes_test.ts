import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { formatDecimal } from "../candles/decimal.ts";
import { encodeCandle } from "../candles/wire.ts";
import { readExtremes } from "./extremes.ts";

Deno.test("extremes - they equal the candle's on the wire, every digit included", () => {
  const candle = sampleCandle();
  assert.deepEqual(readExtremes(encodeCandle(candle)), {
    start: candle.start,
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
  });
  assert.equal(readExtremes('{"timestamp":1,"high":null}'), null);
});
