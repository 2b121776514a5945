import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { keepSparklines } from "./sparkline_rounds.ts";

Deno.test("sparkline rounds - as long as there are more points each time they are read every three seconds, then once a minute", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const readAt: number[] = [];
  const startMs = clock.wallMs();
  const points = [0, 5, 9, 9, 9, 9, 9, 9, 9, 12, 12];
  const refreshDay = () => {
    readAt.push((clock.wallMs() - startMs) / 1000);
    const now = points[readAt.length - 1] ?? 12;
    return now === 0 ? Promise.reject(new Error("away")) : Promise.resolve(now);
  };
  const ended = keepSparklines({ refreshDay }, stop.signal, clock);
  await clock.pass(240_000);
  assert.deepEqual(readAt.slice(0, 6), [0, 3, 6, 9, 15, 27]);
  // The tenth reading finds more.
  assert.deepEqual(readAt.slice(6), [51, 99, 159, 219, 222, 228, 240]);
  stop.abort();
  await clock.pass(0);
  await ended;
  assert.equal(clock.timers, 0);
});
