import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle } from "../candles/candle.ts";
import { supersedes } from "../candles/candle.ts";
import { formatDecimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { encodeCandle } from "../candles/wire.ts";
import type { Quote } from "./quote.ts";
import { isAtLeast, readQuote } from "./quote.ts";

const CANDLES: readonly Candle[] = [60, 120].flatMap((start) =>
  [[false, false], [true, false], [true, true]].flatMap(([isComplete, exact]) =>
    [0, 1, 12].map((revision) =>
      sampleCandle({ start: epochSeconds(start), isComplete, exact, revision })
    )
  )
);

function quoteOf(candle: Candle): Quote {
  const quote = readQuote(encodeCandle(candle));
  assert.ok(quote !== null);
  return quote;
}

Deno.test("quote - a quote equals the candle on the wire, every digit of its price included", () => {
  for (const candle of CANDLES) {
    const { productId, start, close, isComplete, exact, revision } = candle;
    assert.deepEqual(quoteOf(candle), {
      productId,
      start,
      close: formatDecimal(close),
      isComplete,
      exact,
      revision,
    });
  }
});

Deno.test("quote - quotes replace each other exactly as candles do", () => {
  for (const next of CANDLES) {
    for (const held of CANDLES) {
      assert.equal(isAtLeast(quoteOf(next), quoteOf(held)), supersedes(next, held));
    }
  }
});

Deno.test("quote - the order of a candle's keys does not matter", () => {
  for (const candle of CANDLES) {
    const keys = encodeCandle(candle).slice(1, -1).split(",");
    const turned = [[...keys].reverse(), [...keys.slice(5), ...keys.slice(0, 5)]];
    for (const one of turned) assert.deepEqual(readQuote(`{${one.join(",")}}`), quoteOf(candle));
  }
});

Deno.test("quote - a text that is not a candle is not a quote", () => {
  for (const text of ["", "{}", '{"product_id":"BTC-USD"}', "null"]) {
    assert.equal(readQuote(text), null);
  }
});
