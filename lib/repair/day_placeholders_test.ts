import assert from "node:assert/strict";
import type { Candle } from "../candles/candle.ts";
import { decimal, formatDecimal } from "../candles/decimal.ts";
import {
  type EpochSeconds,
  epochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import { type CandleSource, pinBefore } from "./day_placeholders.ts";

const BTC = productId("BTC-USD");
const DAY = epochSeconds(Date.UTC(2026, 3, 7) / 1000);
const HOUR = 3600;
/** 15:12, where the trades begin. */
const FIRST = DAY + 15 * HOUR + 12 * 60;

/** A trade of size 1 in the middle of every minute from `FIRST` on until `end`. */
function follow(product: ProductAggregator, from: number, end: number): void {
  for (let at = from; at < end; at += 60) {
    product.merge({
      productId: BTC,
      tradeId: 1000 + (at - FIRST) / 60,
      price: decimal("10"),
      size: decimal("1"),
      side: "BUY",
      timeMs: (at + 30) * 1000,
    }, true);
    product.takeClosed();
  }
}

/** The exchange has a volume of 1 in every minute. `onRequest` runs during each request. */
function exchange(onRequest: () => void = () => {}): CandleSource {
  return {
    candles(_id, granularity: Granularity, from: EpochSeconds, to: EpochSeconds) {
      onRequest();
      const step = GRANULARITY_SECONDS[granularity];
      const candles: Candle[] = [];
      for (let start: number = from; start < to; start += step) {
        candles.push({
          productId: BTC,
          granularity,
          start: epochSeconds(start),
          open: decimal("10"),
          high: decimal("10"),
          low: decimal("10"),
          close: decimal("10"),
          volume: decimal(String(step / 60)),
          trades: null,
          quoteVolume: null,
          buyVolume: null,
          firstTradeId: null,
          lastTradeId: null,
          isComplete: true,
          exact: false,
          revision: 0,
        });
      }
      return Promise.resolve(candles);
    },
  };
}

/** The volume of every closed candle of two hours and less that was published after the day was filled, by name. */
async function volumes(product: ProductAggregator, source: CandleSource) {
  const signal = new AbortController().signal;
  await pinBefore(product, DAY, source, { signal });
  const closed = product.takeClosed();
  return new Map(
    closed.map(({ granularity, start, volume }) => [
      `${granularity} ${(start - DAY) / HOUR}`,
      Number(formatDecimal(volume)),
    ]),
  );
}

for (const [hours, title] of [[16.9, "still in memory"], [18.5, "no longer in memory"]] as const) {
  Deno.test(`day placeholders - the hour in which trades begin is whole, its minutes ${title}`, async () => {
    const product = new ProductAggregator(BTC, 0);
    follow(product, FIRST, DAY + hours * HOUR);
    const found = await volumes(product, exchange());
    assert.equal(found.get("TWO_HOUR 14"), 120, JSON.stringify([...found]));
  });
}

Deno.test("day placeholders - minutes that leave memory during a request leave no hole", async () => {
  const product = new ProductAggregator(BTC, 0);
  follow(product, FIRST, DAY + 16.5 * HOUR);
  let requests = 0;
  const source = exchange(() => {
    if (requests++ === 0) follow(product, DAY + 16.5 * HOUR, DAY + 18.5 * HOUR);
  });
  const found = await volumes(product, source);
  assert.equal(found.get("TWO_HOUR 14"), 120, JSON.stringify([...found]));
  assert.ok(requests > 2);
});
