import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import { idleProgram } from "../time/test_turns.ts";
import { ProvenStarts } from "./proven_starts.ts";
import type { ProvenStart } from "./restore.ts";

const NOON = Date.UTC(2026, 3, 7, 12) / 1000;
const BTC = productId("BTC-USD");
const { signal } = new AbortController();

/** A product's starts, and a database whose answers a test gives. */
function setUp() {
  const at = { isDown: false, isCaughtUp: true };
  const records: ProvenStart[] = [];
  const recorded: string[] = [];
  const parts = {
    isCaughtUp: () => Promise.resolve(at.isCaughtUp),
    rememberProven: (_productId: ProductId, proven: ProvenStart) => {
      if (at.isDown) return Promise.reject(new Error("away"));
      records.push(proven);
      return Promise.resolve();
    },
  };
  const starts = new ProvenStarts(parts, (productId) => recorded.push(productId));
  const product = new ProductAggregator(BTC, 0);
  const look = async () => {
    starts.observe(product);
    await starts.record([product], signal);
    await idleProgram();
  };
  return { at, records, recorded, starts, product, look };
}

/** Merges a trade of each minute from `from` down to `to`, counted from noon; ids are contiguous. */
function walk(product: ProductAggregator, from: number, to: number): void {
  for (let minute = from; minute >= to; minute--) {
    const price = decimal("100");
    const timeMs = (NOON + minute * 60 + 30) * 1000;
    const tradeId = 1_000 + minute;
    product.merge({ productId: BTC, tradeId, price, size: price, side: "BUY", timeMs }, true);
  }
}

/** The starts that were recorded, in minutes from noon. */
function minutesOf(records: readonly ProvenStart[]): number[] {
  return records.map(({ from }) => (from - NOON) / 60);
}

Deno.test("proven starts - an earlier start is recorded once its candles are stored, the first publication immediately", async () => {
  const { at, records, recorded, starts, product, look } = setUp();
  at.isCaughtUp = false;
  walk(product, 30, 20);
  product.takeClosed();
  await look();
  assert.deepEqual(minutesOf(records), [31], "what has yet to close");
  assert.equal(records[0]?.publishedFrom, NOON - 3_600);
  await look();
  assert.deepEqual([records.length, starts.isRecorded(BTC), recorded], [1, false, []]);
  at.isCaughtUp = true;
  await look();
  assert.deepEqual(minutesOf(records), [31, 21]);
  assert.deepEqual([starts.isRecorded(BTC), recorded], [true, [BTC]]);
  await look();
  assert.equal(records.length, 2, "once");
});

Deno.test("proven starts - what has closed and was not taken yet counts as not stored", async () => {
  const { records, product, look } = setUp();
  walk(product, 30, 20);
  await look();
  await look();
  assert.deepEqual(minutesOf(records), [31]);
  product.takeClosed();
  await look();
  assert.deepEqual(minutesOf(records), [31, 21]);
});

Deno.test("proven starts - what could not be written while the database was down is recorded later", async () => {
  const { at, records, starts, product, look } = setUp();
  at.isDown = true;
  walk(product, 30, 20);
  product.takeClosed();
  await look();
  assert.equal(starts.get(BTC), null, "the database may know an earlier one");
  at.isDown = false;
  await look();
  at.isDown = true;
  await look();
  at.isDown = false;
  await look();
  assert.deepEqual(minutesOf(records), [31, 21]);
});

Deno.test("proven starts - an earlier first publication is learned, also where an earlier start is known", async () => {
  const { starts, product, look } = setUp();
  walk(product, 30, 20);
  product.takeClosed();
  await look();
  const published = epochSeconds(NOON - 86_400);
  starts.learn(BTC, { tradeId: null, from: epochSeconds(NOON + 1_800), publishedFrom: published });
  const start = starts.get(BTC);
  assert.deepEqual([start?.from, start?.publishedFrom], [NOON + 21 * 60, published]);
});
