import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candle } from "./candle.ts";
import { sameValues } from "./candle.ts";
import { decimal } from "./decimal.ts";
import { epochSeconds, GRANULARITIES, GRANULARITY_SECONDS } from "./granularity.ts";
import { productId } from "./product.ts";
import { decodeCandle, encodeCandle } from "./wire.ts";
import { CandleWriter } from "./candle_writer.ts";

const decimals = fc.tuple(fc.bigInt(0n, 10n ** 30n), fc.integer({ min: 1, max: 20 })).map(
  ([units, scale]) => {
    const digits = units.toString().padStart(scale + 1, "0");
    return decimal(`${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
  },
);

const counts = fc.record({
  trades: fc.nat(),
  quoteVolume: decimals,
  buyVolume: decimals,
  firstTradeId: fc.maxSafeNat(),
  lastTradeId: fc.maxSafeNat(),
});

const uncounted = fc.constant({
  trades: null,
  quoteVolume: null,
  buyVolume: null,
  firstTradeId: null,
  lastTradeId: null,
});

const candles: fc.Arbitrary<Candle> = fc.record({
  id: fc.constantFrom("BTC-USD", "00-USD", "1INCH-EUR"),
  granularity: fc.constantFrom(...GRANULARITIES),
  bucket: fc.nat(20_000),
  prices: fc.tuple(decimals, decimals, decimals, decimals, decimals),
  counts: fc.oneof(counts, uncounted),
  isComplete: fc.boolean(),
  exact: fc.boolean(),
  revision: fc.nat(100),
}).map(({ id, granularity, bucket, prices, counts, ...state }) => ({
  productId: productId(id),
  granularity,
  start: epochSeconds(bucket * GRANULARITY_SECONDS[granularity]),
  open: prices[0],
  high: prices[1],
  low: prices[2],
  close: prices[3],
  volume: prices[4],
  ...counts,
  ...state,
}));

Deno.test("wire - a candle is read from the wire unchanged, digit for digit", () => {
  fc.assert(
    fc.property(candles, (candle) => {
      const decoded = decodeCandle(encodeCandle(candle));
      assert.ok(decoded);
      assert.ok(sameValues(decoded, candle));
      const { productId, granularity, start, isComplete, exact, revision } = candle;
      const identity = { productId, granularity, start, isComplete, exact, revision };
      for (const [name, value] of Object.entries(identity)) {
        assert.equal(Reflect.get(decoded, name), value);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("wire - candles written as bytes are the encoded text, byte for byte, and no later one changes them", () => {
  const everyday = fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 18 }), fc.nat(6)).map(
    ([units, scale, zeros]) => ({ units: Math.floor(units / 10 ** zeros) * 10 ** zeros, scale }),
  );
  const writer = new CandleWriter();
  const written: (readonly [bytes: Uint8Array, text: string])[] = [];
  fc.assert(
    fc.property(candles, fc.array(everyday, { minLength: 5, maxLength: 5 }), (candle, some) => {
      const [open = candle.open, high = candle.high, low = candle.low, close, volume] = some;
      for (
        const one of [candle, {
          ...candle,
          open,
          high,
          low,
          close: close ?? candle.close,
          volume: volume ?? candle.volume,
        }]
      ) written.push([writer.write(one), encodeCandle(one)]);
    }),
    { numRuns: 2000 },
  );
  for (const [bytes, text] of written) assert.equal(new TextDecoder().decode(bytes), text);
});

Deno.test("wire - the wire is JSON with plain numbers and the documented keys", () => {
  fc.assert(fc.property(candles, (candle) => {
    const text = encodeCandle(candle);
    const parsed = JSON.parse(text);
    assert.deepEqual(Object.keys(parsed), [
      "product_id",
      "granularity",
      "timestamp",
      "open",
      "high",
      "low",
      "close",
      "volume",
      "is_complete",
      "trades",
      "quote_volume",
      "buy_volume",
      "exact",
      "revision",
      "first_trade_id",
      "last_trade_id",
    ]);
    assert.doesNotMatch(text, /\d[eE][+-]?\d|\.\d*0[,}]/);
  }));
});

Deno.test("wire - a text that is not a whole candle is refused, whatever it is", () => {
  fc.assert(fc.property(candles, fc.nat(), fc.nat(255), (candle, at, code) => {
    const text = encodeCandle(candle);
    assert.equal(decodeCandle(text.slice(0, at % text.length)), null);
    const spoiled = text.slice(0, at % text.length) + String.fromCharCode(code) +
      text.slice(at % text.length);
    decodeCandle(spoiled);
    assert.equal(decodeCandle(text + text), null);
  }));
  fc.assert(fc.property(fc.json(), (text) => {
    assert.equal(decodeCandle(text), null);
  }));
  assert.equal(decodeCandle("[".repeat(5000)), null);
});

Deno.test("wire - keys may come in any order and unknown ones are ignored", () => {
  fc.assert(fc.property(candles, fc.integer(), (candle, seed) => {
    const fields = encodeCandle(candle).slice(1, -1).split(",");
    const turned = [
      ...fields.slice(Math.abs(seed) % fields.length),
      ...fields.slice(0, Math.abs(seed) % fields.length),
    ];
    assert.deepEqual(
      decodeCandle(`{ ${turned.join(" , ")} , "vwap": 1.5 }`),
      decodeCandle(encodeCandle(candle)),
    );
  }));
});
