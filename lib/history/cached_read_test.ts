import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { CachedRead } from "./cached_read.ts";

Deno.test("cached read - concurrent callers share one read, and later ones its value until it is old", async () => {
  const clock = new FakeClock();
  let reads = 0;
  const kept = new CachedRead({
    read: () => Promise.resolve(++reads),
    keepMs: 1000,
    empty: 0,
    clock,
  });
  assert.deepEqual(await Promise.all([kept.get(), kept.get()]), [1, 1]);
  await clock.pass(999);
  assert.equal(await kept.get(), 1);
  await clock.pass(1);
  assert.equal(await kept.get(), 2);
});

Deno.test("cached read - what was read last holds while nothing can be read, and before that the empty value", async () => {
  const clock = new FakeClock();
  let isDown = true;
  let reads = 0;
  const kept = new CachedRead({
    read: () => (reads++, isDown ? Promise.reject(new Error("away")) : Promise.resolve("read")),
    keepMs: 1000,
    empty: "empty",
    clock,
  });
  assert.deepEqual([await kept.get(), await kept.get(), reads], ["empty", "empty", 1]);
  isDown = false;
  await clock.pass(1000);
  assert.equal(await kept.get(), "read");
  isDown = true;
  await clock.pass(1000);
  assert.deepEqual([await kept.get(), reads], ["read", 3]);
});
