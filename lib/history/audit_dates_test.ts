import assert from "node:assert/strict";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { AuditDates } from "./audit_dates.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");

Deno.test("audit dates - however many callers there are, the database is read once in half a minute", async () => {
  const clock = new FakeClock();
  let reads = 0;
  const dates = new AuditDates(
    () => Promise.resolve(new Map([[BTC, epochSeconds(++reads)]])),
    clock,
  );
  const until = await Promise.all([dates.until(BTC), dates.until(BTC), dates.until(ETH)]);
  assert.deepEqual(until, [1, 1, null]);
  await clock.pass(29_000);
  assert.equal(await dates.until(BTC), 1);
  await clock.pass(1_000);
  assert.deepEqual([await dates.until(BTC), reads], [2, 2]);
});

Deno.test("audit dates - while the database is down what was read last is used, and it is not read more often", async () => {
  const clock = new FakeClock();
  let isDown = true;
  let reads = 0;
  const dates = new AuditDates(() => {
    reads++;
    return isDown
      ? Promise.reject(new Error("away"))
      : Promise.resolve(new Map([[BTC, epochSeconds(7)]]));
  }, clock);
  assert.deepEqual([await dates.until(BTC), await dates.until(BTC), reads], [null, null, 1]);
  isDown = false;
  await clock.pass(30_000);
  assert.equal(await dates.until(BTC), 7);
  isDown = true;
  await clock.pass(30_000);
  assert.equal(await dates.until(BTC), 7);
});
