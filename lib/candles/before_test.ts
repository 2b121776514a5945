import assert from "node:assert/strict";
import fc from "fast-check";
import { decimal } from "./decimal.ts";
import { productId } from "./product.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);
const MINUTE = 60_000;

/** One trade a minute at its half, from ten o'clock on; ids from 1000 on. */
function tradeOf(index: number): Trade {
  return {
    productId: BTC,
    tradeId: 1000 + index,
    price: decimal("10"),
    size: decimal("1"),
    side: "BUY",
    timeMs: NOON - 120 * MINUTE + index * MINUTE + MINUTE / 2,
  };
}

/** Until half past twelve. */
const TRADES: readonly Trade[] = Array.from({ length: 150 }, (_, index) => tradeOf(index));

/** A product that received the last ten trades over the feed: its memory begins at eleven. */
function listening(): ProductAggregator {
  const product = new ProductAggregator(BTC, 0);
  for (const trade of TRADES.slice(-10)) product.merge(trade, true);
  product.advance(NOON + 31 * MINUTE);
  product.takeClosed();
  return product;
}

Deno.test("older trades - trades older than memory, in any order, prove where it begins and open no gap", () => {
  fc.assert(fc.property(fc.shuffledSubarray([...TRADES], { minLength: 150 }), (page) => {
    const product = listening();
    for (const trade of page) product.merge(trade, false);
    const closed = product.takeClosed();
    const first = closed.find(({ granularity }) => granularity === "ONE_MINUTE");
    assert.deepEqual([first?.start, first?.exact], [NOON / 1000 - 3600, true]);
    assert.equal(product.coverage.tradesFrom, NOON / 1000 - 3600);
  }));
});

Deno.test("older trades - a page that ends within the past opens no gap either, oldest or newest first", () => {
  for (const page of [TRADES.slice(30), TRADES.slice(30).reverse()]) {
    const product = listening();
    for (const trade of page) product.merge(trade, false);
    assert.deepEqual(product.gaps(), []);
  }
});

Deno.test("older trades - once memory has moved on, older trades never make unbuilt candles seem covered", () => {
  const product = listening();
  const before = product.coverage.tradesFrom;
  product.merge({ ...tradeOf(150), timeMs: NOON + 150 * MINUTE }, true);
  product.takeClosed();
  assert.ok(product.coverage.heldFrom > before, "what was built is no longer held");
  for (const trade of TRADES) product.merge(trade, false);
  assert.equal(product.coverage.tradesFrom, before);
  assert.deepEqual(product.gaps(), []);
});
