import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { DayRepair } from "./day_repair.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const DAY_MS = 86_400_000;

Deno.test("day repair - days beyond those that may wait are reported once until none waits", async () => {
  const clock = new FakeClock();
  const reports: unknown[] = [];
  const days = new DayRepair({
    source: { trades: never, candles: never },
    repairMaxTrades: 0,
    clock,
    maxWaiting: 3,
    isCaughtUp: never,
    around: never,
    // No product is followed any more, so its days are done as soon as it is their turn.
    live: () => null,
    provenFrom: () => null,
    publish: () => {},
    onProblem: (...problem) => reports.push(problem),
    onOverflow: (...overflow) => reports.push(overflow),
  });
  try {
    days.add(BTC, 0, 2 * DAY_MS);
    days.add(BTC, 0, 2 * DAY_MS);
    assert.equal(days.waiting, 3);
    assert.deepEqual(reports, []);
    days.add(ETH, 0, 2 * DAY_MS);
    days.add(ETH, 0, 2 * DAY_MS);
    assert.equal(days.waiting, 3);
    assert.deepEqual(reports, [[ETH, 3]]);
    await clock.pass(10_000);
    assert.equal(days.waiting, 0);
    days.add(BTC, 0, 3 * DAY_MS);
    assert.deepEqual(reports, [[ETH, 3], [BTC, 3]]);
  } finally {
    await days.close();
  }
});

function never(): Promise<never> {
  return Promise.reject(new Error("nothing is asked for"));
}
