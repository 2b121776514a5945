import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import type { Trade } from "../candles/trade.ts";
import { fillGap } from "./gap_fill.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { TradeSource } from "../exchange/trade_source.ts";

const BTC = productId("BTC-USD");
const NOON = Date.UTC(2026, 3, 7, 12);

function trade(tradeId: number, seconds: number): Trade {
  return {
    productId: BTC,
    tradeId,
    price: decimal("10"),
    size: decimal("1"),
    side: "BUY",
    timeMs: NOON + seconds * 1000,
  };
}

/** An exchange without trades to show, but with candles of volume 9000. */
const exchange: TradeSource = {
  trades: () => Promise.resolve({ trades: [], answeredAtMs: NOON, unreadable: 0 }),
  candles: (_product, granularity, start, end) => {
    const candles: ExchangeCandle[] = [];
    for (let at: number = start; at < end; at += 60) {
      const price = decimal("10");
      candles.push({
        productId: BTC,
        granularity,
        start: epochSeconds(at),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: decimal("9000"),
      });
    }
    return Promise.resolve(candles);
  },
};

Deno.test("a gap too large to repair is tried again until its last minute has closed", async () => {
  const product = new ProductAggregator(BTC, 0);
  for (const [id, seconds] of [[1, -120], [2, 20], [9002, 40], [9003, 61]] as const) {
    product.merge(trade(id, seconds), true);
    if (seconds === 40) {
      product.takeClosed();
      assert.equal(await fill(), "unfilled", "nothing of it can be replaced yet");
    }
  }
  product.takeClosed();
  assert.equal(await fill(), "estimated");
  const [minute] = product.takeClosed();
  assert.deepEqual(
    [minute?.start, minute?.exact, minute?.trades, minute?.volume],
    [NOON / 1000, false, null, decimal("9000")],
  );

  function fill() {
    const [gap] = product.gaps().filter(({ fromId }) => fromId === 3);
    assert.ok(gap);
    const { signal } = new AbortController();
    return fillGap(product, gap, exchange, { priority: 0, signal, repairMaxTrades: 1000 });
  }
});
