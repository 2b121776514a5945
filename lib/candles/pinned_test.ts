import assert from "node:assert/strict";
import type { Candle } from "./candle.ts";
import { decimal, formatDecimal } from "./decimal.ts";
import { epochSeconds, type Granularity } from "./granularity.ts";
import { productId } from "./product.ts";
import { ProductAggregator } from "./product_aggregator.ts";
import type { Trade } from "./trade.ts";

const BTC = productId("BTC-USD");
const FIVE = epochSeconds(Date.UTC(2026, 3, 7, 16, 40) / 1000);
const DAY = epochSeconds(Date.UTC(2026, 3, 7) / 1000);

/** One trade at every tenth second, the first at 16:43:50; size 1. */
const TRADES: readonly Trade[] = Array.from({ length: 20 }, (_, i) => ({
  productId: BTC,
  tradeId: 100 + i,
  price: decimal("10"),
  size: decimal("1"),
  side: "BUY" as const,
  timeMs: (FIVE + 230 + 10 * i) * 1000,
}));

/** The exchange's own candle, which has no counts. */
function exchangeCandle(granularity: Granularity, start: number, volume: string): Candle {
  return {
    productId: BTC,
    granularity,
    start: epochSeconds(start),
    open: decimal("10"),
    high: decimal("11"),
    low: decimal("9"),
    close: decimal("10"),
    volume: decimal(volume),
    trades: null,
    quoteVolume: null,
    buyVolume: null,
    firstTradeId: null,
    lastTradeId: null,
    isComplete: true,
    exact: false,
    revision: 0,
  };
}

/** An earlier run's candles, the last one the minute 16:44; its five minutes are `five`. */
function restored(five: Candle): ProductAggregator {
  const earlier = new ProductAggregator(BTC, 0);
  for (const trade of TRADES) earlier.merge(trade, true);
  const minute = earlier.takeClosed().find(({ start }) => start === FIVE + 240);
  assert.ok(minute?.exact);
  const product = new ProductAggregator(BTC, 0);
  product.restore([five, minute], null);
  for (const trade of TRADES) product.merge(trade, true);
  return product;
}

Deno.test("pinned candles - a larger candle that an earlier run published is not derived from a part of its minutes", () => {
  const published = exchangeCandle("FIVE_MINUTE", FIVE, "40");
  const product = restored(published);
  product.pin([published], DAY);
  product.advance((FIVE + 900) * 1000);
  const closed = product.takeClosed();
  assert.deepEqual(
    closed.filter(({ start, granularity }) => start === FIVE && granularity === "FIVE_MINUTE"),
    [],
  );
  const fifteen = closed.find(({ granularity }) => granularity === "FIFTEEN_MINUTE");
  assert.equal(fifteen?.exact, false);
  assert.equal(fifteen && formatDecimal(fifteen.volume), "40");
});

Deno.test("pinned candles - the exchange's candle corrects one that an earlier run published incomplete", () => {
  const product = restored(exchangeCandle("FIVE_MINUTE", FIVE, "7"));
  product.pin([exchangeCandle("FIVE_MINUTE", FIVE, "40")], DAY);
  const five = product.takeClosed().find(({ start }) => start === FIVE);
  assert.deepEqual([five?.exact, five?.revision], [false, 1]);
  assert.equal(five && formatDecimal(five.volume), "40");
});
