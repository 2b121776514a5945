import assert from "node:assert/strict";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { documentsIn } from "./export_shapes.ts";
import { oldCandles } from "./old_candle.ts";
import { plainValue } from "./plain_value.ts";

const START = epochSeconds(1_767_571_200);
const HISTORY = "exchanges/coinbase/products/BTC-USD/history/ONE_HOUR";
const CANDLES = `${HISTORY}/candles`;
const ROOT = "projects/p/databases/(default)/documents";
const PRICES = { open: 1.5, high: 3, low: 1, close: 2, volume: 4 };
const WRAPPED = {
  open: { doubleValue: 1.5 },
  high: { integerValue: "3" },
  low: { integerValue: "1" },
  close: { integerValue: "2" },
  volume: { integerValue: "4" },
};

/** A candle's document, with and without its own time, in each tool's form. */
const SHAPES: Readonly<Record<string, unknown>> = {
  "a document": { name: `${ROOT}/${CANDLES}/${START}`, fields: WRAPPED, createTime: "x" },
  "a list": [{ name: `${ROOT}/${CANDLES}/${START}`, fields: WRAPPED }],
  "an answer": { documents: [{ name: `${ROOT}/${CANDLES}/${START}`, fields: WRAPPED }] },
  "several answers": [
    { documents: [{ name: `${ROOT}/${CANDLES}/${START}`, fields: WRAPPED }], nextPageToken: "x" },
    { documents: [{ name: `${ROOT}/${HISTORY}` }] },
    {},
  ],
  "runQuery's answer": [
    { document: { name: `${ROOT}/${CANDLES}/${START}`, fields: WRAPPED }, readTime: "x" },
    { readTime: "x", skippedResults: 1 },
  ],
  "batchGet's answer": [
    { transaction: "x" },
    { found: { name: `${ROOT}/${CANDLES}/${START}`, fields: WRAPPED }, readTime: "x" },
    { missing: `${ROOT}/${CANDLES}/5`, readTime: "x" },
  ],
  "nested documents": {
    __collections__: {
      exchanges: {
        coinbase: {
          name: "Coinbase",
          __collections__: {
            products: {
              "BTC-USD": {
                __collections__: {
                  history: {
                    ONE_HOUR: {
                      __collections__: {
                        candles: { [`${START}`]: { ...PRICES, __collections__: {} } },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  "nested collections": {
    exchanges: {
      coinbase: {
        name: "Coinbase",
        subCollection: {
          "exchanges/coinbase/products": {
            "BTC-USD": {
              subCollection: {
                "exchanges/coinbase/products/BTC-USD/history": {
                  ONE_HOUR: { subCollection: { [CANDLES]: { [`${START}`]: PRICES } } },
                },
              },
            },
          },
        },
      },
    },
  },
  "nested contents": {
    exchanges: {
      coinbase: {
        products: { "BTC-USD": { history: { ONE_HOUR: { candles: { [`${START}`]: PRICES } } } } },
      },
    },
  },
  "a list of candles below its granularity": {
    [HISTORY]: { candles: [{ ...PRICES, timestamp: { _seconds: START, _nanoseconds: 0 } }] },
  },
  "paths": { [`${CANDLES}/${START}`]: PRICES },
  "paths with a slash": { [`/${CANDLES}/${START}/`]: PRICES },
  "paths of collections": { [CANDLES]: { [`${START}`]: PRICES } },
  "paths with wrapped contents": { [`${CANDLES}/${START}`]: { fields: WRAPPED, updateTime: "x" } },
  "path and data": [{ path: `${CANDLES}/${START}`, data: PRICES }],
  "path and fields": { path: `${CANDLES}/${START}`, fields: PRICES },
  "Firefoo's": {
    meta: { format: "JSON", resourcePath: CANDLES.split("/"), app: "firefoo" },
    data: { [`${START}`]: { ...PRICES, time: { __time__: "2026-01-05T00:00:00Z" } } },
  },
};

function candleOf(found: ReturnType<typeof documentsIn>): unknown {
  const key = { productId: productId("BTC-USD"), granularity: "ONE_HOUR" } as const;
  const holders = found.documents.filter(({ path }) => path.startsWith(`${CANDLES}/`));
  assert.equal(holders.length, 1);
  return holders.flatMap(({ path, fields }) =>
    oldCandles(fields, path.split("/").at(-1) ?? "", key, START + 1e6)
  );
}

Deno.test("Firestore import - every tool's shape gives the same candle", () => {
  const expected = candleOf(documentsIn(SHAPES.paths));
  assert.ok(Array.isArray(expected) && expected[0]?.candle?.start === START);
  for (const [name, value] of Object.entries(SHAPES)) {
    const found = documentsIn(JSON.parse(JSON.stringify(value)));
    assert.deepEqual(candleOf(found), expected, name);
    assert.equal(found.strange, 0, name);
  }
});

Deno.test("Firestore import - an export of a part is read at the path that it was made of", () => {
  const expected = candleOf(documentsIn(SHAPES.paths));
  const product = { history: { ONE_HOUR: { candles: { [`${START}`]: PRICES } } } };
  const parts: readonly [string, unknown][] = [
    ["exchanges/coinbase/products", { "BTC-USD": product }],
    ["exchanges/coinbase/products/BTC-USD", product],
    [
      "exchanges/coinbase/products/BTC-USD",
      { __collections__: { history: { ONE_HOUR: product.history.ONE_HOUR } } },
    ],
    [CANDLES, { [`${START}`]: PRICES }],
    [CANDLES, [{ id: `${START}`, ...PRICES }]],
    [CANDLES, [{ id: `${START}`, data: PRICES }]],
  ];
  for (const [base, value] of parts) {
    assert.deepEqual(candleOf(documentsIn(value, `/${base}/`)), expected, base);
  }
});

Deno.test("Firestore import - a time is read in every notation, and otherwise the id", () => {
  const key = { productId: productId("BTC-USD"), granularity: "ONE_HOUR" } as const;
  const times: readonly unknown[] = [
    START,
    START * 1000,
    `${START}`,
    `${START * 1000}`,
    "2026-01-05T00:00:00Z",
    "2026-01-05T00:00:00.000Z",
    "2026-01-05T00:00:00",
    "2026-01-05 00:00:00+00:00",
    "2026-01-05T01:00:00+01:00",
    { _seconds: START, _nanoseconds: 0 },
    { seconds: START, nanoseconds: 0 },
    { seconds: `${START}`, nanos: 0 },
    { type: "firestore/timestamp/1.0", seconds: START, nanoseconds: 0 },
    { __datatype__: "timestamp", value: { _seconds: START, _nanoseconds: 0 } },
    { __datatype__: "timestamp", value: "2026-01-05T00:00:00Z" },
    { __time__: "2026-01-05T00:00:00.000Z" },
    { $date: "2026-01-05T00:00:00Z" },
    { timestampValue: "2026-01-05T00:00:00Z" },
    { integerValue: `${START}` },
    undefined,
    null,
    "yesterday",
    { nanoseconds: 5 },
    [],
  ];
  for (const timestamp of times) {
    const shape = JSON.stringify(timestamp);
    const plain = plainValue({ timestamp, ...PRICES });
    assert.ok(typeof plain === "object" && plain !== null);
    const [one] = oldCandles({ ...plain }, `${START}`, key, START + 1e6);
    assert.equal(one?.candle?.start, START, shape);
    const [raw] = oldCandles({ timestamp, ...PRICES }, `${START}`, key, START + 1e6);
    assert.equal(raw?.candle?.start, START, shape);
  }
});
