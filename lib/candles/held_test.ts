import assert from "node:assert/strict";
import { decimal } from "./decimal.ts";
import { productId } from "./product.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

const PRODUCT = productId("BTC-USD");
const HOUR = 3600;
/** An hour's start, epoch seconds. */
const FIRST = 1_704_567_600;

/** A trade every half minute, whose id is derived from its time. */
function tradeAt(seconds: number): Trade {
  return {
    productId: PRODUCT,
    tradeId: 1000 + seconds / 30,
    price: decimal("100.5"),
    size: decimal("0.25"),
    side: "SELL",
    timeMs: (FIRST + seconds) * 1000,
  };
}

/** Feeds all trades of a stretch but some; returns what closes during that. */
function follow(
  product: ProductAggregator,
  from: number,
  to: number,
  isLost: (seconds: number) => boolean = () => false,
): void {
  for (let seconds = from; seconds < to; seconds += 30) {
    if (!isLost(seconds)) product.merge(tradeAt(seconds), true);
    product.takeClosed();
  }
}

Deno.test("held window - an hour that is final is released with its minutes, though it is the previous hour", () => {
  const product = new ProductAggregator(PRODUCT, 2000);
  follow(product, 0, HOUR + 300);
  assert.equal(product.coverage.heldFrom, FIRST, "its first trade may not be the first");
  follow(product, HOUR + 300, 2 * HOUR);
  follow(product, 2 * HOUR, 2 * HOUR + 300);
  assert.equal(product.coverage.heldFrom, FIRST + 2 * HOUR);

  assert.equal(product.merge(tradeAt(HOUR + 600), true), "duplicate");
  assert.deepEqual(product.takeClosed(), []);
  follow(product, 2 * HOUR + 300, 3 * HOUR + 120);
  assert.equal(product.coverage.heldFrom, FIRST + 3 * HOUR);
});

Deno.test("held window - an hour with a gap is held until the gap is filled, and its candles are exact then", () => {
  const product = new ProductAggregator(PRODUCT, 2000);
  const isLost = (seconds: number) => seconds >= HOUR + 900 && seconds < HOUR + 1080;
  follow(product, 0, 2 * HOUR + 600, isLost);
  assert.equal(product.coverage.heldFrom, FIRST + HOUR);
  for (let seconds = HOUR + 900; seconds < HOUR + 1080; seconds += 30) {
    assert.equal(product.merge(tradeAt(seconds), false), "merged");
  }
  const repaired = product.takeClosed();
  assert.ok(repaired.some(({ granularity }) => granularity === "ONE_HOUR"));
  assert.ok(repaired.every(({ exact }) => exact));
  follow(product, 2 * HOUR + 600, 2 * HOUR + 720);
  assert.equal(product.coverage.heldFrom, FIRST + 2 * HOUR);
});
