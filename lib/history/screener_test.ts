import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import type { ScreenerFigures } from "../store/screener_store.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { Screener } from "./screener.ts";

const BTC = productId("BTC-USD");

function screenerOf(answer: (reads: number) => Promise<number>) {
  const clock = new FakeClock(Date.UTC(2026, 3, 7, 12, 5, 14));
  const untils: number[] = [];
  const screener = new Screener({
    products: () => [BTC],
    async read(ids, { until }) {
      untils.push(until);
      const rsi = await answer(untils.length);
      const figures: ScreenerFigures = {
        hourAgo: null,
        weekAgo: null,
        high: null,
        low: null,
        volumeRatio: null,
        tradesPerMinute: null,
        rsi,
      };
      return new Map(ids.map((id) => [id, figures]));
    },
    clock,
  });
  const rsi = async () => (await screener.get()).get(BTC)?.rsi ?? null;
  return { clock, untils, rsi };
}

Deno.test("screener - all visitors share one read, and only the first waits for it", async () => {
  const slow = Promise.withResolvers<number>();
  const { clock, untils, rsi } = screenerOf((reads) =>
    reads === 1 ? Promise.resolve(10) : slow.promise
  );
  assert.deepEqual(await Promise.all([rsi(), rsi()]), [10, 10]);
  await clock.pass(14_999);
  assert.deepEqual([await rsi(), untils.length], [10, 1]);
  await clock.pass(1);
  assert.deepEqual([await rsi(), await rsi(), untils.length], [10, 10, 2]);
  slow.resolve(20);
  await clock.pass(0);
  assert.equal(await rsi(), 20);
});

Deno.test("screener - it looks at five-minute candles that have had the time to be stored", async () => {
  const { clock, untils, rsi } = screenerOf(() => Promise.resolve(1));
  await rsi();
  await clock.pass(15_000);
  await rsi();
  assert.deepEqual(untils.map((until) => new Date(until * 1000).toISOString().slice(11, 16)), [
    "12:00",
    "12:05",
  ]);
});

Deno.test("screener - while the store is down there are no figures, or the last ones, and it is not read more often", async () => {
  const { clock, untils, rsi } = screenerOf((reads) =>
    reads === 2 ? Promise.resolve(30) : Promise.reject(new Error("away"))
  );
  assert.deepEqual([await rsi(), await rsi(), untils.length], [null, null, 1]);
  await clock.pass(15_000);
  assert.equal(await rsi(), 30);
  await clock.pass(15_000);
  await rsi();
  await clock.pass(15_000);
  assert.deepEqual([await rsi(), untils.length], [30, 4]);
});
