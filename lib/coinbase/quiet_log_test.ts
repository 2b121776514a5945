import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { QuietLog, silentLog } from "./quiet_log.ts";

Deno.test("quiet log - a repeated warning is written once a minute, with the number that was suppressed", async () => {
  const clock = new FakeClock();
  const lines: unknown[] = [];
  const warn = (message: string, properties = {}) => lines.push([message, properties]);
  const log = new QuietLog({ ...silentLog, warn }, clock);
  log.warn("a", "first");
  log.warn("a", "first");
  log.warn("a", "first");
  log.warn("b", "second", { error: "x" });
  await clock.pass(60_000);
  log.warn("a", "first");
  assert.deepEqual(lines, [["first", {}], ["second", { error: "x" }], ["first", { heldBack: 2 }]]);
});

Deno.test("quiet log - the number of remembered warnings is bounded", () => {
  const lines: string[] = [];
  const warn = (message: string) => void lines.push(message);
  const log = new QuietLog({ ...silentLog, warn }, new FakeClock());
  log.warn("the first", "x");
  for (let i = 0; i < 200; i++) log.warn(`${i}`, "y");
  log.warn("the first", "x");
  log.warn("199", "y");
  assert.equal(lines.filter((line) => line === "x").length, 2, "the oldest was forgotten");
  assert.equal(lines.length, 202, "the newest is still known");
});
