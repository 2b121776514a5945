import assert from "node:assert/strict";
import fc from "fast-check";
import { productId } from "../candles/product.ts";
import { ProductAggregator } from "../candles/product_aggregator.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { LiveThrottle } from "./live_throttle.ts";

/** Products are named by a letter. */
function setUp(intervalMs: number) {
  const clock = new FakeClock();
  const startMs = clock.now();
  const sent: [letter: string, atMs: number][] = [];
  const products = new Map<string, ProductAggregator>();
  const publishLive = ({ productId }: ProductAggregator) => {
    sent.push([productId.charAt(0).toLowerCase(), clock.now() - startMs]);
  };
  const throttle = new LiveThrottle(intervalMs, { publishLive }, clock);
  const touch = (letter: string) => {
    const id = productId(`${letter.toUpperCase()}-USD`);
    const product = products.get(letter) ?? new ProductAggregator(id, 0);
    products.set(letter, product);
    throttle.touch(product);
  };
  return { clock, sent, throttle, touch };
}

Deno.test("live throttle - the first touch is published immediately and the last one is never lost", async () => {
  const { clock, sent, throttle, touch } = setUp(30);
  touch("a");
  touch("a");
  touch("a");
  touch("b");
  assert.deepEqual(sent, [["a", 0], ["b", 0]]);
  await clock.pass(100);
  assert.deepEqual(sent.slice(2), [["a", 30]]);
  touch("a");
  assert.deepEqual(sent.slice(3), [["a", 100]], "after a quiet interval a touch is a first one");
  throttle.close();
  assert.equal(clock.timers, 0);
});

Deno.test("live throttle - a key goes out when its own interval ends, whatever other keys do", async () => {
  const { clock, sent, touch } = setUp(250);
  touch("a");
  await clock.pass(100);
  touch("b");
  for (let ms = 100; ms < 1_000; ms += 10) {
    touch("a");
    touch("b");
    await clock.pass(10);
  }
  const timesOf = (key: string) => sent.filter(([of]) => of === key).map(([, atMs]) => atMs);
  assert.deepEqual(timesOf("a"), [0, 250, 500, 750, 1_000]);
  assert.deepEqual(timesOf("b"), [100, 350, 600, 850]);
});

Deno.test("live throttle - no key goes out early, and none later than the soonest moment", async () => {
  const steps = fc.array(
    fc.record({ key: fc.constantFrom("a", "b", "c", "d"), ms: fc.integer({ min: 0, max: 90 }) }),
    { maxLength: 60 },
  );
  await fc.assert(fc.asyncProperty(steps, async (steps) => {
    const { clock, sent, touch } = setUp(100);
    const expected: [string, number][] = [];
    const dueMs = new Map<string, number>();
    let nowMs = 0;
    for (const { key, ms } of steps) {
      touch(key);
      // Due already and not sent yet: what is sent then stands for this touch too.
      const last = dueMs.get(key) ?? -Infinity;
      if (last <= nowMs) {
        const at = Math.max(nowMs, last + 100);
        dueMs.set(key, at);
        expected.push([key, at]);
      }
      await clock.pass(ms);
      nowMs += ms;
    }
    await clock.pass(1_000);
    const byTime = (a: [string, number], b: [string, number]) =>
      a[1] - b[1] || a[0].localeCompare(b[0]);
    assert.deepEqual(sent.toSorted(byTime), expected.toSorted(byTime));
    assert.equal(clock.timers, 0);
  }));
});

Deno.test("live throttle - an interval of zero sends every touch, and flush sends what waits", () => {
  const { sent, touch } = setUp(0);
  touch("a");
  touch("a");
  assert.equal(sent.length, 2);
  const paced = setUp(60_000);
  paced.touch("b");
  paced.touch("b");
  paced.throttle.flush();
  assert.deepEqual(paced.sent, [["b", 0], ["b", 0]]);
});
