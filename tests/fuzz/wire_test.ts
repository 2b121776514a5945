import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOfSubject, parseKey } from "../../lib/bus/names.ts";
import { formatDecimal, parseDecimal } from "../../lib/candles/decimal.ts";
import { parseMultiple } from "../../lib/candles/multiple.ts";
import { parseProductId } from "../../lib/candles/product.ts";
import { decodeCandle, encodeCandle } from "../../lib/candles/wire.ts";
import { readCandleHeader } from "../../lib/stream/candle_header.ts";
import { sampleCandle } from "../sample_candles.ts";
import { damaged, hostileText, RUNS } from "./runs.ts";

const WIRE = encodeCandle(sampleCandle());
const PIECES = ['"', "{", "}", ":", ",", "timestamp", "revision", "true", "\n", "\\", "1"];
const UTF8 = new TextEncoder();

function wireText(): fc.Arbitrary<string> {
  return fc.oneof(damaged(WIRE), damaged(WIRE).chain(damaged), hostileText(PIECES));
}

Deno.test("fuzz - a candle that is read is written and read again as the same", () => {
  fc.assert(
    fc.property(wireText(), (text) => {
      const candle = decodeCandle(text);
      if (candle !== null) assert.deepEqual(decodeCandle(encodeCandle(candle)), candle);
    }),
    RUNS,
  );
});

Deno.test("fuzz - what the hub takes for a candle cannot end its frame and begin another", () => {
  fc.assert(
    fc.property(wireText(), (text) => {
      const header = readCandleHeader(UTF8.encode(text));
      if (header === null) return;
      assert.ok(!/[\r\n]/.test(text), text);
      assert.ok(Number.isSafeInteger(header.start) && Number.isSafeInteger(header.revision), text);
    }),
    RUNS,
  );
});

Deno.test("fuzz - no bytes at all make the hub's reader throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const framed = new Uint8Array([123, ...bytes, 125]);
      readCandleHeader(bytes);
      readCandleHeader(framed);
    }),
    RUNS,
  );
});

Deno.test("fuzz - a decimal that is read is written as the same value", () => {
  const text = hostileText(["0", "9", ".", "-", "e", "00000", "+"]);
  fc.assert(
    fc.property(text, (given) => {
      const value = parseDecimal(given);
      if (value === null) return;
      assert.deepEqual(parseDecimal(formatDecimal(value)), value, given);
    }),
    RUNS,
  );
});

Deno.test("fuzz - a product's id has nothing in it that subjects, keys, URLs or pages give a meaning", () => {
  const text = fc.oneof(damaged("BTC-USD"), hostileText(["A", "-", ".", "*", ">", "/", "<", "\n"]));
  fc.assert(
    fc.property(text, (given) => {
      const id = parseProductId(given);
      if (id !== null) assert.match(id, /^[A-Z0-9-]{3,64}$/, given);
    }),
    RUNS,
  );
});

Deno.test("fuzz - names on the bus are read as they are built, or not at all", () => {
  const text = fc.oneof(
    damaged("BTC-USD.ONE_MINUTE.1704567600.0"),
    damaged("BTC-USD.ONE_MINUTE"),
    hostileText([".", "BTC-USD", "ONE_MINUTE", "0", "-"], 8),
  );
  fc.assert(
    fc.property(text, (given) => {
      const key = parseKey(given);
      if (key !== null) assert.equal(key, given);
      keyOfSubject("live", given);
      parseMultiple(given);
    }),
    RUNS,
  );
});
