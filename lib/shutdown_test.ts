import assert from "node:assert/strict";
import { logger } from "./log.ts";
import { Shutdown } from "./shutdown.ts";

Deno.test("what was opened last is closed first, once, and a failing step stops nothing", async () => {
  const closed: string[] = [];
  const shutdown = new Shutdown(logger("test"));
  shutdown.add("store", () => void closed.push("store"));
  shutdown.add("bus", () => Promise.reject(new Error("is away")));
  shutdown.add("feed", () => void closed.push("feed"));
  await Promise.all([shutdown.run(), shutdown.run()]);
  assert.deepEqual(closed, ["feed", "store"]);
});

Deno.test("what opens while everything is being closed is closed as well", async () => {
  const closed: string[] = [];
  const shutdown = new Shutdown(logger("test"));
  const running = shutdown.run();
  shutdown.add("late", () => void closed.push("late"));
  await running;
  await shutdown.run();
  assert.deepEqual(closed, ["late"]);
});
