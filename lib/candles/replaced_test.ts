import assert from "node:assert/strict";
import type { Candle } from "./candle.ts";
import { NOT_FROM_TRADES } from "./candle.ts";
import { decimal, formatDecimal } from "./decimal.ts";
import { epochSeconds } from "./granularity.ts";
import { productId } from "./product.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

const BTC = productId("BTC-USD");
const NOON = epochSeconds(Date.UTC(2026, 3, 7, 12) / 1000);

/** A trade every ten seconds, whose id is derived from its time. */
function tradeAt(seconds: number): Trade {
  return {
    productId: BTC,
    tradeId: 1000 + seconds / 10,
    price: decimal("10"),
    size: decimal("1"),
    side: "BUY",
    timeMs: (NOON + seconds) * 1000,
  };
}

/** The exchange's own candle of the minute of noon. */
function exchanges(volume: string): Candle {
  const price = decimal("10");
  return {
    productId: BTC,
    granularity: "ONE_MINUTE",
    start: NOON,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: decimal(volume),
    ...NOT_FROM_TRADES,
    isComplete: true,
    exact: false,
    revision: 0,
  };
}

Deno.test("replaced minutes - a minute that the exchange's candle replaces becomes exact with all of its trades, and not before", () => {
  const product = new ProductAggregator(BTC, 0);
  const lost = [20, 30];
  for (let seconds = -30; seconds <= 90; seconds += 10) {
    if (!lost.includes(seconds)) product.merge(tradeAt(seconds), true);
  }
  product.takeClosed();
  product.replaceByExchange([exchanges("6")]);
  const [standing] = product.takeClosed();
  assert.deepEqual([standing?.exact, standing?.trades], [false, null]);
  assert.deepEqual(product.takeReplaced(), [], "it took the place of trades");
  product.merge(tradeAt(20), false);
  assert.deepEqual(product.takeClosed(), [], "one is still missing");
  product.merge(tradeAt(30), false);
  const [whole] = product.takeClosed();
  assert.deepEqual([whole?.exact, whole?.trades, whole?.revision], [true, 6, 2]);
  assert.equal(whole && formatDecimal(whole.volume), "6");
  // The exchange's candle and what took its place can be compared, once.
  const replaced = product.takeReplaced();
  assert.deepEqual(replaced.map(({ candle }) => candle), [whole]);
  assert.deepEqual(replaced.map(({ placeholder }) => placeholder), [standing]);
  assert.deepEqual(product.takeReplaced(), []);
});
