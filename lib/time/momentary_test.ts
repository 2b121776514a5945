import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { Momentary } from "./momentary.ts";

Deno.test("momentary - a value is computed once for all callers of one moment, and again after it", async () => {
  const clock = new FakeClock();
  let made = 0;
  const value = new Momentary(() => ({ number: ++made }), 100, clock);
  const first = value.get();
  await clock.pass(99);
  assert.equal(value.get(), first);
  await clock.pass(1);
  assert.deepEqual(value.get(), { number: 2 });
  await clock.pass(5000);
  assert.deepEqual(value.get(), { number: 3 });
  assert.equal(made, 3);
});
