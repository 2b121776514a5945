import assert from "node:assert/strict";
import { type EpochSeconds, epochSeconds } from "../candles/granularity.ts";
import { type ProductId, productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { ExactPasts } from "./exact_pasts.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const NOW_MS = Date.UTC(2026, 3, 7, 12);
const HOUR = 3600;

function since(hoursAgo: number): EpochSeconds {
  return epochSeconds(NOW_MS / 1000 - hoursAgo * HOUR);
}

function pastsOf(starts: Map<ProductId, EpochSeconds>, exactDays = 1) {
  const clock = new FakeClock(NOW_MS);
  const pasts = new ExactPasts({ starts: () => Promise.resolve(starts), exactDays, clock });
  return { clock, pasts };
}

Deno.test("exact past - it is whole once it reaches the day that began `EXACT_DAYS` ago, or nothing further is configured", async () => {
  // Twelve hours of this day, and the day before.
  const { pasts } = pastsOf(new Map([[BTC, since(36)], [ETH, since(35)]]));
  assert.deepEqual(await pasts.of(BTC), { since: since(36), state: "whole" });
  assert.deepEqual(await pasts.of(ETH), { since: since(35), state: "growing" });
  const live = pastsOf(new Map([[BTC, since(0)]]), 0).pasts;
  assert.equal((await live.of(BTC)).state, "whole");
});

Deno.test("exact past - one that has not moved for ten minutes waits, and grows again when it does", async () => {
  const starts = new Map([[BTC, since(5)]]);
  const { clock, pasts } = pastsOf(starts);
  assert.equal((await pasts.of(BTC)).state, "growing");
  await clock.pass(600_000);
  assert.equal((await pasts.of(BTC)).state, "waiting");
  starts.set(BTC, since(6));
  await clock.pass(2_000);
  assert.deepEqual(await pasts.of(BTC), { since: since(6), state: "growing" });
});

Deno.test("exact past - a product of which nothing is proven yet waits, since no moment", async () => {
  assert.deepEqual(await pastsOf(new Map()).pasts.of(BTC), { since: null, state: "waiting" });
});
