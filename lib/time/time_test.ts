import assert from "node:assert/strict";
import { BackOff } from "./back_off.ts";
import { every } from "./clock.ts";
import { FakeClock } from "./fake_clock.ts";
import { pause, sleep } from "./pause.ts";

Deno.test("time - a pause ends when its time has passed, and not before", async () => {
  const clock = new FakeClock();
  let ended = false;
  const waiting = pause(100, undefined, clock).then(() => ended = true);
  await clock.pass(99);
  assert.equal(ended, false);
  await clock.pass(1);
  assert.equal(ended, true);
  await waiting;
});

Deno.test("time - an aborted pause returns immediately and leaves no timer behind", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const waiting = pause(100, stop.signal, clock);
  stop.abort();
  await waiting;
  await pause(100, stop.signal, clock);
  assert.equal(clock.timers, 0);
});

Deno.test("time - an aborted sleep rejects with the signal's reason", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const sleeping = sleep(clock, 100, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(sleeping, /enough/);
  assert.equal(clock.timers, 0);
});

Deno.test("time - a back-off doubles up to its longest delay and begins again after a success", () => {
  const backOff = new BackOff(100, 500, new FakeClock());
  const delays = [1, 2, 3, 4, 5].map(() => backOff.nextMs());
  assert.deepEqual(delays, [100, 200, 400, 500, 500]);
  backOff.reset();
  assert.equal(backOff.nextMs(), 100);
});

Deno.test("time - jitter lengthens a back-off's delays, each by a part of itself", () => {
  const parts = [0, 0.5, 1, 0.25];
  const backOff = new BackOff(100, 400, new FakeClock(), () => parts.shift() ?? NaN);
  assert.deepEqual([1, 2, 3, 4].map(() => backOff.nextMs()), [100, 300, 800, 500]);
});

Deno.test("time - what runs every so often runs until it is stopped, from within a run too", async () => {
  const clock = new FakeClock();
  let runs = 0;
  const stop = every(clock, 10, () => {
    if (++runs === 3) stop();
  });
  await clock.pass(100);
  assert.equal(runs, 3);
  assert.equal(clock.timers, 0);
});

Deno.test("time - a test's clock runs timers in the order in which they fall due", async () => {
  const clock = new FakeClock();
  const ran: string[] = [];
  clock.after(20, () => ran.push("late"));
  clock.after(10, () => {
    ran.push("early");
    clock.after(5, () => ran.push("set by the early one"));
  });
  const cancel = clock.after(12, () => ran.push("never"));
  cancel();
  await clock.pass(20);
  assert.deepEqual(ran, ["early", "set by the early one", "late"]);
});

Deno.test("time - the date passes with the clock and can be set separately", async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  await clock.pass(1_000);
  clock.shiftWall(-3_600_000);
  assert.equal(clock.wallMs(), Date.UTC(2026, 0, 1) + 1_000 - 3_600_000);
});
