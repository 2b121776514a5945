import assert from "node:assert/strict";
import {
  INDICATOR_KINDS,
  indicatorTitle,
  isOverlay,
  parseIndicators,
  usualIndicator,
  writeIndicators,
} from "./indicator.ts";
import { indicatorLines } from "./indicator_lines.ts";

Deno.test("a list is read with the usual settings where none are given, and written with all", () => {
  const list = parseIndicators("ema:9, RSI,bb:20,macd::30");
  assert.equal(writeIndicators(list), "ema:9,rsi:14,bb:20:2,macd:12:30:9");
  assert.deepEqual(parseIndicators(writeIndicators(list)), list);
});

Deno.test("what is none, out of bounds or there already is left out", () => {
  const text = "ichimoku,ema:1,ema:501,ema:2.5,ema:x,sma:5:5,bb:20:0,macd:26:12,ema:9,ema:9,,vwap";
  assert.equal(writeIndicators(parseIndicators(text)), "ema:9,vwap");
  assert.deepEqual(parseIndicators(null), []);
  assert.equal(parseIndicators("2,3,4,5,6,7,8,9,10".replace(/\d+/g, "sma:$&")).length, 8);
});

Deno.test("every kind has a title and as many values in each line as there are candles", () => {
  const candles = Array.from({ length: 40 }, (_, index) => ({
    start: index * 60,
    high: index + 2,
    low: index,
    close: index + 1,
    volume: 1,
    quoteVolume: index + 1,
  }));
  const titles = INDICATOR_KINDS.map((kind) => indicatorTitle(usualIndicator(kind)));
  assert.deepEqual(titles, [
    "SMA 20",
    "EMA 21",
    "Bollinger 20, 2",
    "VWAP",
    "RSI 14",
    "MACD 12, 26, 9",
  ]);
  for (const kind of INDICATOR_KINDS) {
    const lines = indicatorLines(usualIndicator(kind), candles);
    assert.ok(lines.length > 0);
    for (const { values } of lines) {
      assert.equal(values.length, 40, kind);
      assert.notEqual(values.at(-1), null, kind);
    }
    assert.ok(indicatorLines(usualIndicator(kind), []).every(({ values }) => values.length === 0));
  }
});

Deno.test("indicator - each kind says where it is drawn", () => {
  const over = INDICATOR_KINDS.filter((kind) => isOverlay(usualIndicator(kind)));
  assert.deepEqual(over, ["sma", "ema", "bb", "vwap"]);
});
