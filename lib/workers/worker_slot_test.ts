import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import type { Condition, ToWorker } from "./messages.ts";
import { type SlotEvents, WorkerSlot } from "./worker_slot.ts";

const UP = { state: "up", detail: null } as const;
const CONDITION: Condition = { bus: UP, store: UP, streams: 3, named: [] };

/** A slot whose processes the test simulates. */
function opened() {
  const clock = new FakeClock();
  const started: (SlotEvents & { killed: boolean; sent: ToWorker[] })[] = [];
  const log: string[] = [];
  const slot = new WorkerSlot(7, {
    start(events) {
      const process = { ...events, killed: false, sent: new Array<ToWorker>() };
      started.push(process);
      return {
        pid: started.length,
        send: (message) => process.sent.push(message),
        kill() {
          process.killed = true;
          events.ended("SIGKILL");
        },
      };
    },
    begun: () => log.push("begun"),
    message: ({ kind }) => log.push(kind),
    ended: (how, retryMs) => log.push(`${how} ${retryMs}`),
    hangs: () => log.push("hangs"),
    clock,
  });
  slot.start();
  const newest = () => {
    const process = started.at(-1);
    assert.ok(process);
    return process;
  };
  return { slot, clock, started, log, newest };
}

Deno.test("worker slot - a process that dies is started again, after growing delays, and immediately if it had served", async () => {
  const { slot, clock, started, log, newest } = opened();
  const waits: number[] = [];
  for (const expected of [250, 500, 1000]) {
    newest().ended("exit code 1");
    assert.equal(slot.state.state, "down");
    assert.equal(slot.state.detail, "it ended: exit code 1");
    const before = started.length;
    await clock.pass(expected - 1);
    assert.equal(started.length, before, "not before its time");
    await clock.pass(1);
    assert.equal(started.length, before + 1);
    waits.push(expected);
  }
  for (let i = 0; i < 10; i++) {
    newest().ended("exit code 1");
    await clock.pass(30_000);
  }
  assert.equal(started.length, 14, "never later than after half a minute");
  await clock.pass(60_000);
  newest().ended("SIGSEGV");
  assert.equal(log.at(-1), "SIGSEGV 250");
  assert.equal(slot.state.restarts, 14);
});

Deno.test("worker slot - it is up once it listens, and degraded while its bus or store is down", () => {
  const { slot, newest } = opened();
  assert.deepEqual([slot.state.state, slot.state.pid], ["starting", 1]);
  newest().message({ kind: "listening" });
  assert.equal(slot.state.state, "up");
  newest().message({ kind: "condition", condition: CONDITION });
  assert.deepEqual([slot.state.state, slot.state.streams], ["up", 3]);
  const bus = { state: "down", detail: "no server" } as const;
  newest().message({ kind: "condition", condition: { ...CONDITION, bus } });
  assert.deepEqual([slot.state.state, slot.state.detail], ["degraded", "no server"]);
});

Deno.test("worker slot - a process that is silent at twenty checks is killed, and started again", async () => {
  const { slot, clock, started, log, newest } = opened();
  newest().message({ kind: "condition", condition: CONDITION });
  for (let i = 0; i < 20; i++) slot.look();
  newest().message({ kind: "condition", condition: CONDITION });
  for (let i = 0; i < 20; i++) slot.look();
  assert.equal(newest().killed, false);
  slot.look();
  assert.equal(newest().killed, true);
  assert.deepEqual(log.slice(-2), ["hangs", "SIGKILL 250"]);
  await clock.pass(250);
  assert.equal(started.length, 2);
  for (let i = 0; i < 60; i++) slot.look();
  assert.equal(newest().killed, false, "starting may take longer");
  slot.look();
  assert.equal(newest().killed, true);
});

Deno.test("worker slot - after a stop no process is started, and gone resolves with the last", async () => {
  const { slot, clock, started, newest } = opened();
  slot.stop();
  assert.deepEqual(newest().sent, [{ kind: "stop" }]);
  let isGone = false;
  const gone = slot.gone.then(() => isGone = true);
  await clock.pass(100);
  assert.equal(isGone, false);
  newest().ended("exit code 0");
  await gone;
  await clock.pass(120_000);
  assert.equal(started.length, 1);
  for (let i = 0; i < 100; i++) slot.look();
  assert.equal(clock.timers, 0);
});
