import assert from "node:assert/strict";
import { logger } from "../log.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { Shutdown } from "./shutdown.ts";

Deno.test("shutdown - what was opened last is closed first, once, and a failing step stops nothing", async () => {
  const closed: string[] = [];
  const shutdown = new Shutdown(logger("test"));
  shutdown.add("store", () => void closed.push("store"));
  shutdown.add("bus", () => Promise.reject(new Error("is down")));
  shutdown.add("feed", () => void closed.push("feed"));
  await Promise.all([shutdown.run(), shutdown.run()]);
  assert.deepEqual(closed, ["feed", "store"]);
});

Deno.test("shutdown - what opens while everything is being closed is closed as well", async () => {
  const closed: string[] = [];
  const shutdown = new Shutdown(logger("test"));
  const running = shutdown.run();
  shutdown.add("late", () => void closed.push("late"));
  await running;
  await shutdown.run();
  assert.deepEqual(closed, ["late"]);
});

Deno.test("shutdown - steps that all hang are all begun, and together delay the end no longer than one", async () => {
  const begun: number[] = [];
  const clock = new FakeClock();
  const shutdown = new Shutdown(logger("test"), { stepMs: 100, allMs: 150 }, clock);
  for (let step = 0; step < 1000; step++) {
    shutdown.add(`step ${step}`, () => {
      begun.push(step);
      return new Promise(() => {});
    });
  }
  let isOver = false;
  void shutdown.run().then(() => isOver = true);
  await clock.pass(149);
  assert.deepEqual([begun.length, isOver], [2, false]);
  await clock.pass(1);
  assert.deepEqual([begun.length, isOver, clock.timers], [1000, true, 0]);
});
