import assert from "node:assert/strict";
import type { Candle } from "./candle.ts";
import { decimal } from "./decimal.ts";
import { productId } from "./product.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);

function trade(tradeId: number, minutes: number): Trade {
  const timeMs = NOON + minutes * 60_000;
  return { productId: BTC, tradeId, price: decimal("10"), size: decimal("1"), side: "BUY", timeMs };
}

Deno.test("larger candles - a larger candle whose parts are exact follows as soon as ids between them prove not to exist", () => {
  const earlier = new ProductAggregator(BTC, 0);
  // The two ids between 12:04:30 and 12:05:30 never existed; the earlier run had proven that.
  const ids = [[100, -1], [101, 0.5], [102, 4.5], [105, 5.5], [106, 14.5], [107, 15.5]] as const;
  for (const [id, minutes] of ids) earlier.merge(trade(id, minutes), true);
  earlier.bridge(102, 105);
  const kept = earlier.takeClosed().filter(({ granularity }) =>
    granularity === "ONE_MINUTE" || granularity === "FIVE_MINUTE"
  );
  const product = new ProductAggregator(BTC, 0);
  product.restore(kept, kept[0]?.start ?? null);
  product.merge(trade(107, 15.5), true);
  assert.equal(fifteen(product.takeClosed())?.exact, false);
  assert.ok(product.bridge(102, 105));
  assert.equal(fifteen(product.takeClosed())?.exact, true);
});

function fifteen(candles: readonly Candle[]): Candle | undefined {
  return candles.find(({ granularity, start }) =>
    granularity === "FIFTEEN_MINUTE" && start === NOON / 1000
  );
}
