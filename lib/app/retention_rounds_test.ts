import assert from "node:assert/strict";
import type { Granularity } from "../candles/granularity.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { keepRetention } from "./retention_rounds.ts";

const HOUR_MS = 3_600_000;

function setUp(days: ReadonlyMap<Granularity, number>) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const sweeps: number[] = [];
  const database = { failures: 0 };
  const ended = keepRetention(
    {
      ready: () => Promise.resolve(),
      retention: (kept) => {
        assert.equal(kept, days);
        return {
          sweep: (now) => {
            sweeps.push(now);
            if (database.failures-- > 0) return Promise.reject(new Error("a lock was not granted"));
            return Promise.resolve({ deleted: 0, chunksDropped: 0 });
          },
        };
      },
    },
    days,
    stop.signal,
    clock,
  );
  return { clock, stop, sweeps, database, ended };
}

Deno.test("retention - candles are removed immediately and every hour, by the date, also after a failure", async () => {
  const { clock, stop, sweeps, database, ended } = setUp(new Map([["ONE_MINUTE", 30]]));
  const startS = Math.floor(clock.wallMs() / 1000);
  await clock.pass(0);
  database.failures = 1;
  await clock.pass(3 * HOUR_MS);
  assert.deepEqual(sweeps.map((now) => now - startS), [0, 3_600, 7_200, 10_800]);
  stop.abort();
  await ended;
  assert.equal(clock.timers, 0);
});

Deno.test("retention - where everything is kept forever the database is not queried", async () => {
  const { clock, sweeps, ended } = setUp(new Map());
  await ended;
  await clock.pass(2 * HOUR_MS);
  assert.deepEqual(sweeps, []);
});
