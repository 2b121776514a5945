import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import type { HourlyFigures } from "../store/screener_figures.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { Screener } from "./screener.ts";

const BTC = productId("BTC-USD");

const HOURS: HourlyFigures = { weekAgo: 1, high: 4, low: 2, volume: 4, rsi: 60 };

function screenerOf(answer: (reads: number) => Promise<number>, hours = HOURS) {
  const clock = new FakeClock(Date.UTC(2026, 3, 7, 12, 5, 14));
  const untils: number[] = [];
  const screener = new Screener({
    products: () => [BTC],
    async recent(ids, { until }) {
      untils.push(until);
      const hourAgo = await answer(untils.length);
      const figures = { hourAgo, high: 5, low: 3, volume: 6, trades: 120 };
      return new Map(ids.map((id) => [id, figures]));
    },
    hourly: (ids) => Promise.resolve(new Map(ids.map((id) => [id, hours]))),
    clock,
  });
  const figures = async () => (await screener.get()).get(BTC);
  const hourAgo = async () => (await figures())?.hourAgo ?? null;
  return { clock, untils, figures, hourAgo };
}

Deno.test("screener - all visitors share one read, and only the first waits for it", async () => {
  const slow = Promise.withResolvers<number>();
  const { clock, untils, hourAgo } = screenerOf((reads) =>
    reads === 1 ? Promise.resolve(10) : slow.promise
  );
  assert.deepEqual(await Promise.all([hourAgo(), hourAgo()]), [10, 10]);
  await clock.pass(14_999);
  assert.deepEqual([await hourAgo(), untils.length], [10, 1]);
  await clock.pass(1);
  assert.deepEqual([await hourAgo(), await hourAgo(), untils.length], [10, 10, 2]);
  slow.resolve(20);
  await clock.pass(0);
  assert.equal(await hourAgo(), 20);
});

Deno.test("screener - who comes after a minute without visitors waits, and sees no figures of back then", async () => {
  const { clock, untils, hourAgo } = screenerOf((reads) => Promise.resolve(reads * 10));
  await hourAgo();
  await clock.pass(59_999);
  assert.deepEqual([await hourAgo(), untils.length], [10, 2]);
  await clock.pass(60_000);
  assert.deepEqual(await Promise.all([hourAgo(), hourAgo()]), [30, 30]);
  assert.equal(untils.length, 3);
});

Deno.test("screener - a product's figures are those of its last hour and its whole hours together", async () => {
  const { figures } = screenerOf(() => Promise.resolve(7));
  assert.deepEqual(await figures(), {
    hourAgo: 7,
    weekAgo: 1,
    high: 5,
    low: 2,
    volumeRatio: 1.5,
    tradesPerMinute: 2,
    rsi: 60,
  });
  const nothing = { weekAgo: null, high: null, low: null, volume: null, rsi: null };
  const { figures: young } = screenerOf(() => Promise.resolve(7), nothing);
  assert.deepEqual(await young(), {
    hourAgo: 7,
    weekAgo: null,
    high: 5,
    low: 3,
    volumeRatio: null,
    tradesPerMinute: 2,
    rsi: null,
  });
});

Deno.test("screener - it looks at five-minute candles that have had the time to be stored", async () => {
  const { clock, untils, hourAgo } = screenerOf(() => Promise.resolve(1));
  await hourAgo();
  await clock.pass(15_000);
  await hourAgo();
  assert.deepEqual(untils.map((until) => new Date(until * 1000).toISOString().slice(11, 16)), [
    "12:00",
    "12:05",
  ]);
});

Deno.test("screener - while the store is down there are no figures, or the last ones, and it is not read more often", async () => {
  const { clock, untils, hourAgo } = screenerOf((reads) =>
    reads === 2 ? Promise.resolve(30) : Promise.reject(new Error("away"))
  );
  assert.deepEqual([await hourAgo(), await hourAgo(), untils.length], [null, null, 1]);
  await clock.pass(15_000);
  assert.equal(await hourAgo(), 30);
  await clock.pass(15_000);
  await hourAgo();
  await clock.pass(15_000);
  assert.deepEqual([await hourAgo(), untils.length], [30, 4]);
});
