import assert from "node:assert/strict";
import { epochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { HourlyFiguresCache } from "./hourly_figures.ts";

const NOON = Date.UTC(2026, 3, 7, 12) / 1000;
const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");

/** The n-th read answers n for every product. */
function cacheOf(answer: (reads: number) => Promise<number> = (reads) => Promise.resolve(reads)) {
  const clock = new FakeClock();
  const reads: { ids: readonly ProductId[]; until: number }[] = [];
  const cache = new HourlyFiguresCache({
    async read(ids, { until }) {
      reads.push({ ids, until });
      const figures = {
        weekAgo: null,
        high: null,
        low: null,
        volume: null,
        rsi: await answer(reads.length),
      };
      return new Map(ids.map((id) => [id, figures]));
    },
    clock,
  });
  const rsis = async (ids: readonly ProductId[], minutes = 0) => {
    const figures = await cache.of(ids, { until: epochSeconds(NOON + minutes * 60) });
    return ids.map((id) => figures.get(id)?.rsi);
  };
  return { clock, reads, rsis, cache };
}

Deno.test("hourly figures - they are read once a minute, in which a revised hour is seen", async () => {
  const { clock, rsis } = cacheOf();
  assert.deepEqual(await rsis([BTC]), [1]);
  await clock.pass(59_999);
  assert.deepEqual(await rsis([BTC]), [1]);
  await clock.pass(1);
  assert.deepEqual(await rsis([BTC]), [2]);
});

Deno.test("hourly figures - they are read again when an hour ends, and when one leaves the day", async () => {
  const { reads, rsis } = cacheOf();
  for (const minutes of [-5, 0, 5, 10, 55, 60, 65]) await rsis([BTC], minutes);
  assert.deepEqual(reads.map(({ until }) => (until - NOON) / 60), [-55, 0, 5, 60, 65]);
});

Deno.test("hourly figures - a product that comes later is read alone, and one that leaves is forgotten", async () => {
  const { reads, rsis, cache } = cacheOf();
  await rsis([BTC]);
  assert.deepEqual(await rsis([BTC, ETH]), [1, 2]);
  assert.deepEqual(reads[1]?.ids, [ETH]);
  const left = await cache.of([ETH], { until: epochSeconds(NOON) });
  assert.deepEqual([...left.keys()], [ETH]);
  assert.deepEqual(await rsis([BTC, ETH]), [3, 2]);
});

Deno.test("hourly figures - many products take several statements, of which none is read twice after a failure", async () => {
  const { reads, rsis } = cacheOf((count) =>
    count === 3 ? Promise.reject(new Error("away")) : Promise.resolve(count)
  );
  const ids = Array.from({ length: 500 }, (_, index) => productId(`P${index}-USD`));
  await assert.rejects(rsis(ids), /away/);
  const found = await rsis(ids);
  assert.deepEqual(reads.map((read) => read.ids.length), [125, 125, 125, 125, 125]);
  assert.deepEqual([...new Set(found)], [1, 2, 5, 4]);
});

Deno.test("hourly figures - at most two statements run at a time", async () => {
  const waiting: (() => void)[] = [];
  const { reads, rsis } = cacheOf(async (count) => {
    await new Promise<void>((resolve) => void waiting.push(resolve));
    return count;
  });
  const found = rsis(Array.from({ length: 600 }, (_, index) => productId(`P${index}-USD`)));
  const counts: number[] = [];
  while (waiting.length > 0) {
    counts.push(waiting.length);
    for (const go of waiting.splice(0)) go();
    await new Promise((resolve) => void setImmediate(resolve));
  }
  assert.deepEqual([counts, reads.length], [[2, 2, 1], 5]);
  assert.equal((await found).at(-1), 5);
});
