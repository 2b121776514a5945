import assert from "node:assert/strict";
import fc from "fast-check";
import { compare } from "../../lib/candles/decimal.ts";
import { GRANULARITIES, GRANULARITY_SECONDS } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { decodeCandle, encodeCandle } from "../../lib/candles/wire.ts";
import { readDocument } from "../../lib/firestore/document.ts";
import { documentsIn } from "../../lib/firestore/export_shapes.ts";
import { oldCandles } from "../../lib/firestore/old_candle.ts";
import { hostileText, RUNS } from "./runs.ts";

const NOW = 1_780_000_000;

const NAMES = [
  "timestamp",
  "time",
  "start",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "candles",
  "__proto__",
];
const VALUE = fc.oneof(
  fc.constantFrom<unknown>(1_704_567_600, "1704567600000", "2024-01-06T19:00:00Z", 1, "2.5", -1),
  fc.double(),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 }),
  hostileText(["1", "0", ".", "-", "e", "T", "Z", ":"], 12),
);
const FIELDS = fc.dictionary(fc.constantFrom(...NAMES), VALUE);

/** A valid candle, except for a few of its fields. */
const NEARLY = fc.record({
  timestamp: fc.constantFrom<unknown>(1_704_567_600, 1_704_567_600_000, "1704567600", null),
  open: VALUE,
  high: fc.double({ min: 1, max: 1e300 }),
  low: fc.double({ min: 0, max: 1 }),
  close: fc.constantFrom<unknown>(1, "1"),
  volume: fc.oneof(fc.double({ min: 0 }), VALUE),
});

const SANE = { timestamp: 1_704_567_600, open: 1, high: 2, low: 0.5, close: 1, volume: 3 };

Deno.test("fuzz - whatever an old document holds is a sane candle, or skipped with a reason", () => {
  const holders = fc.oneof(
    FIELDS,
    NEARLY,
    fc.record({ candles: fc.array(fc.oneof(FIELDS, NEARLY, fc.array(VALUE, { maxLength: 7 }))) }),
    fc.record({ candles: fc.dictionary(fc.string(), NEARLY) }),
  );
  let candles = 0;
  fc.assert(
    fc.property(holders, fc.string(), fc.constantFrom(...GRANULARITIES), (fields, id, of) => {
      const key = { productId: productId("BTC-USD"), granularity: of };
      for (const { candle, reason } of oldCandles(fields, id, key, NOW)) {
        if (candle === null) {
          assert.ok(reason !== "");
          continue;
        }
        candles++;
        const { start, open, high, low, close, volume } = candle;
        assert.ok(Number.isSafeInteger(start) && start > 0 && start < NOW);
        assert.equal(start % GRANULARITY_SECONDS[of], 0);
        assert.ok([open, close].every((one) => compare(low, one) <= 0 && compare(one, high) <= 0));
        assert.ok(compare(volume, { units: 0, scale: 0 }) >= 0);
        assert.equal(candle.exact, false, "it is not proven");
        assert.deepEqual(decodeCandle(encodeCandle(candle)), candle);
      }
    }),
    // One that is a candle for sure: by chance alone some runs had none.
    { ...RUNS, examples: [[SANE, "a", "ONE_MINUTE"]] },
  );
  assert.ok(candles > 0, "some are candles");
});

Deno.test("fuzz - whatever Firestore answers is a document or none", () => {
  const wrapped = fc.dictionary(
    fc.constantFrom("mapValue", "arrayValue", "integerValue", "stringValue", "fields", "values"),
    fc.jsonValue({ maxDepth: 4 }),
  );
  const raw = fc.oneof(
    fc.jsonValue(),
    fc.record({ name: fc.string(), fields: fc.dictionary(fc.string(), wrapped) }),
  );
  fc.assert(
    fc.property(raw, (one) => {
      const document = readDocument(one);
      if (document !== null) assert.equal(typeof document.path, "string");
    }),
    RUNS,
  );
});

Deno.test("Firestore import - whatever a file holds gives documents with paths, or is counted", () => {
  const key = fc.constantFrom(
    ...["__collections__", "subCollection", "exchanges", "coinbase", "products", "history"],
    ...[
      "candles",
      "name",
      "fields",
      "document",
      "found",
      "documents",
      "path",
      "data",
      "meta",
      "id",
    ],
    ...[
      "__datatype__",
      "value",
      "_seconds",
      "seconds",
      "nanoseconds",
      "a/b",
      "//",
      "",
      "__proto__",
    ],
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<unknown>(null, 1, "x", "a/b", true),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  const base = fc.constantFrom("", "exchanges", "exchanges/coinbase", "/", "a//b");
  fc.assert(
    fc.property(tree, base, (value, at) => {
      const { documents, strange } = documentsIn(value, at);
      assert.ok(strange >= 0);
      for (const { path, fields } of documents) {
        assert.ok(path !== "");
        assert.equal(typeof fields, "object");
      }
    }),
    RUNS,
  );
});
