import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { productId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { Readiness } from "./readiness.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const BTC_USDC = productId("BTC-USDC");
const TIMINGS = { subscriptionMs: 10_000, snapshotMs: 3_000, refusedMs: 60_000 };

function trade(id: string): Trade {
  const one = decimal("1");
  return { productId: productId(id), tradeId: 1, price: one, size: one, side: "BUY", timeMs: 0 };
}

Deno.test("readiness - a product is ready when its subscription is answered and its snapshot is in", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC, ETH], 0);
  readiness.heartbeat(0);
  assert.deepEqual(readiness.ready, []);
  readiness.answer(new Set([BTC, ETH]), 1);
  readiness.heartbeat(1000);
  assert.deepEqual(readiness.ready, []);
  readiness.snapshot([trade(BTC)]);
  assert.deepEqual(readiness.ready, [BTC]);
});

Deno.test("readiness - a snapshot before the answer counts once the answer has come", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC], 0);
  readiness.snapshot([trade(BTC)]);
  assert.deepEqual(readiness.ready, []);
  readiness.answer(new Set([BTC]), 1);
  assert.deepEqual(readiness.ready, [BTC]);
});

Deno.test("readiness - without a snapshot, three seconds of the exchange's time after the answer make it ready", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC], 0);
  readiness.heartbeat(1_000_000);
  readiness.heartbeat(1_009_000);
  assert.deepEqual(readiness.ready, [], "the time before the answer does not count");
  readiness.answer(new Set([BTC]), 1);
  readiness.heartbeat(1_010_000);
  readiness.heartbeat(1_012_999);
  assert.deepEqual(readiness.ready, []);
  readiness.heartbeat(1_013_000);
  assert.deepEqual(readiness.ready, [BTC]);
});

Deno.test("readiness - a twin is answered under its other name", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC_USDC], 0);
  readiness.answer(new Set([BTC]), 1);
  readiness.heartbeat(0);
  readiness.heartbeat(3000);
  assert.deepEqual(readiness.ready, [BTC_USDC]);
});

Deno.test("readiness - a product that an answer no longer names is not ready, and is requested again", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC, ETH], 0);
  readiness.answer(new Set([BTC, ETH]), 1);
  readiness.snapshot([trade(BTC), trade(ETH)]);
  readiness.answer(new Set([ETH]), 5_000);
  assert.deepEqual(readiness.ready, [ETH]);
  assert.deepEqual(readiness.overdue(14_999), []);
  assert.deepEqual(readiness.overdue(15_000), [BTC]);
});

Deno.test("readiness - a forgotten product is not ready, and its late snapshot changes nothing", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC, ETH], 0);
  readiness.answer(new Set([BTC, ETH]), 1);
  readiness.snapshot([trade(BTC), trade(ETH)]);
  readiness.forget([BTC]);
  readiness.snapshot([trade(BTC)]);
  assert.deepEqual(readiness.ready, [ETH]);
  assert.equal(readiness.requested.has(BTC), false);
});

Deno.test("readiness - a product that is not answered is overdue, and after its second request only rarely", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC, ETH], 0);
  readiness.answer(new Set([ETH]), 1);
  assert.deepEqual(readiness.overdue(9_999), []);
  assert.deepEqual(readiness.overdue(10_000), [BTC]);
  assert.deepEqual(readiness.refused, []);
  readiness.request([BTC], 10_000);
  assert.deepEqual(readiness.overdue(19_999), []);
  assert.deepEqual(readiness.refused, [], "the second request may still be answered");
  assert.deepEqual(readiness.overdue(69_999), []);
  assert.deepEqual(readiness.refused, [BTC]);
  assert.deepEqual(readiness.overdue(70_000), [BTC]);
  readiness.request([BTC], 70_000);
  assert.deepEqual(readiness.refused, [BTC], "a repeated request is not an answer");
  readiness.answer(new Set([ETH, BTC]), 70_001);
  assert.deepEqual(readiness.refused, []);
});

Deno.test("readiness - after an error message an unanswered product is overdue much sooner", () => {
  const readiness = new Readiness(TIMINGS);
  readiness.request([BTC], 5_000);
  assert.deepEqual(readiness.overdue(6_000, 4_999), [], "the error was about something earlier");
  assert.deepEqual(readiness.overdue(5_999, 5_100), []);
  assert.deepEqual(readiness.overdue(6_000, 5_100), [BTC]);
});
