import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { StoreProgress } from "./store_progress.ts";

/** A bus and a database; a test sets how far they are. */
function setUp() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const at = { last: 9, ackFloor: 9, pendingAcks: 0, mark: 9, queued: 0, isBusAway: false };
  const database: { state: "up" | "connecting" | "degraded" } = { state: "up" };
  const answer = <T>(value: T): Promise<T> =>
    at.isBusAway ? Promise.reject(new Error("no responders")) : Promise.resolve(value);
  const progress = new StoreProgress({
    bus: {
      closedBounds: () => answer({ first: 1, last: at.last }),
      storeLag: () => answer({ pending: at.pendingAcks, ackFloor: at.ackFloor }),
      storeFloor: () =>
        answer({ stream: "created", first: 1, last: at.last, ackFloor: at.ackFloor }),
    },
    store: {
      state: () => ({ state: database.state, reason: null }),
      mark: { read: () => Promise.resolve({ sequence: at.mark, writtenAtMs: 0, identity: "" }) },
    },
    pending: () => at.queued,
    signal: stop.signal,
    clock,
  });
  return { clock, stop, at, database, progress };
}

/** A promise's value; null while it is pending. */
function outcome<T>(promise: Promise<T>): { value: T | null } {
  const seen: { value: T | null } = { value: null };
  void promise.then((value) => seen.value = value);
  return seen;
}

Deno.test("store progress - a database that has all that was published is caught up immediately", async () => {
  const { progress } = setUp();
  assert.equal(await progress.isCaughtUp(new AbortController().signal), true);
});

for (
  const [title, lack, cure] of [
    ["candles wait here", { queued: 1 }, { queued: 0 }],
    ["candles are not acknowledged", { pendingAcks: 3, ackFloor: 6 }, { ackFloor: 9, mark: 9 }],
    ["the database was set back behind what was acknowledged", { mark: 5 }, { mark: 9 }],
    ["the bus does not answer", { isBusAway: true }, { isBusAway: false }],
  ] as const
) {
  Deno.test(`store progress - while ${title} it is not caught up, and is soon after`, async () => {
    const { clock, at, progress } = setUp();
    Object.assign(at, lack);
    const seen = outcome(progress.isCaughtUp(new AbortController().signal));
    await clock.pass(5_000);
    assert.equal(seen.value, null);
    Object.assign(at, cure);
    await clock.pass(250);
    assert.equal(seen.value, true);
    assert.equal(clock.timers, 0);
  });
}

Deno.test("store progress - what is published while it waits is not waited for", async () => {
  const { clock, at, progress } = setUp();
  Object.assign(at, { pendingAcks: 3, ackFloor: 6, mark: 6 });
  const seen = outcome(progress.isCaughtUp(new AbortController().signal));
  await clock.pass(500);
  Object.assign(at, { last: 20, queued: 5, ackFloor: 8, pendingAcks: 12, mark: 8 });
  await clock.pass(500);
  assert.equal(seen.value, null);
  Object.assign(at, { ackFloor: 15, pendingAcks: 5, mark: 9 });
  await clock.pass(250);
  assert.equal(seen.value, true);
});

Deno.test("store progress - after ten seconds, or when it is stopped, the result is false", async () => {
  const { clock, at, progress, stop } = setUp();
  at.queued = 1;
  const late = outcome(progress.isCaughtUp(new AbortController().signal));
  await clock.pass(10_000);
  assert.equal(late.value, false);
  const stopped = outcome(progress.isCaughtUp(AbortSignal.any([stop.signal])));
  stop.abort();
  await clock.pass(0);
  assert.equal(stopped.value, false);
  assert.equal(clock.timers, 0);
});

Deno.test("store progress - a database is ready if it can be read, and waited for ten seconds", async () => {
  const { clock, database, progress } = setUp();
  assert.equal(await progress.isReady(), true);
  database.state = "connecting";
  const soon = outcome(progress.isReady());
  await clock.pass(3_000);
  assert.equal(soon.value, null);
  database.state = "degraded";
  await clock.pass(250);
  assert.equal(soon.value, true);
  database.state = "connecting";
  const never = outcome(progress.isReady());
  await clock.pass(10_250);
  assert.equal(never.value, false);
});
