import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import { readCandleRows, writeCandleRows } from "./candle_rows.ts";

const KEY = [productId("BTC-USD"), "ONE_MINUTE"] as const;
const LACKING = { buyVolume: null, firstTradeId: null, lastTradeId: null };

Deno.test("candle rows - candles come back unchanged, in every state, except for what rows leave out", () => {
  const candles = [
    sampleCandle({ ...LACKING }),
    sampleCandle({ ...LACKING, exact: false, revision: 3 }),
    sampleCandle({ ...LACKING, exact: false, isComplete: false }),
    sampleCandle({ ...LACKING, exact: false, trades: null, quoteVolume: null }),
    sampleCandle({ ...LACKING, volume: decimal("123456789012345678901234.00000001") }),
  ];
  assert.deepEqual(readCandleRows(writeCandleRows(candles), ...KEY), candles);
});

Deno.test("candle rows - no candles are an empty text, and a broken line is left out alone", () => {
  assert.equal(writeCandleRows([]), "");
  assert.deepEqual(readCandleRows("", ...KEY), []);
  const good = writeCandleRows([sampleCandle()]);
  assert.equal(readCandleRows(`60,1,2\n${good}\nx,1,1,1,1,1,,,e,0`, ...KEY).length, 1);
});
