import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { decimal } from "../candles/decimal.ts";
import { encodeCandle } from "../candles/wire.ts";
import { readHistoryPage } from "./candle_pages.ts";

Deno.test("candle pages - a page's candles come without passing through floats, with the link to the next", () => {
  const candles = [sampleCandle({ volume: decimal("900719925474099312345.00000001") })];
  const text = `{"candles":[${candles.map(encodeCandle)}],"next":"/api/candles?end=5\\u0026x=1"}`;
  assert.deepEqual(readHistoryPage(text), { candles, next: "/api/candles?end=5&x=1" });
});

Deno.test("candle pages - the last page has no next one", () => {
  assert.deepEqual(readHistoryPage('{"candles":[],"next":null}'), { candles: [], next: null });
});
