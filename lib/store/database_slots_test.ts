import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { DatabaseSlots } from "./database_slots.ts";

Deno.test("connections - the caller that has waited longest gets the next free one, and none is left waiting at the end", async () => {
  const slots = new DatabaseSlots(2);
  await Promise.all([slots.take(), slots.take()]);
  const order: string[] = [];
  const first = slots.take().then(() => order.push("first"));
  const second = slots.take().then(() => order.push("second"));
  const third = assert.rejects(slots.take(), /the connections are closed/);
  slots.give();
  await first;
  slots.give();
  await second;
  assert.deepEqual(order, ["first", "second"]);
  slots.close();
  await third;
  await assert.rejects(slots.take(), { name: "DatabaseDownError" });
});

Deno.test("connections - one that was given back is free for a later caller", async () => {
  const slots = new DatabaseSlots(1);
  for (let round = 0; round < 3; round++) {
    await slots.take();
    slots.give();
  }
  slots.close();
});

Deno.test("connections - more than ten thousand statements do not wait", async () => {
  const slots = new DatabaseSlots(1);
  await slots.take();
  const waiting = Array.from({ length: 10_000 }, () => slots.take());
  await assert.rejects(slots.take(), /too many statements wait/);
  slots.close();
  const outcomes = await Promise.allSettled(waiting);
  assert.ok(outcomes.every(({ status }) => status === "rejected"));
});

Deno.test("connections - a statement waits twenty seconds for one, and no timer is left behind", async () => {
  const clock = new FakeClock();
  const slots = new DatabaseSlots(1, clock);
  await slots.take();
  const late = assert.rejects(slots.take(), /no connection was free for 20 s/);
  await clock.pass(20_000);
  await late;
  const next = slots.take();
  slots.give();
  await next;
  assert.equal(clock.timers, 0);
});
