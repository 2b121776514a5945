import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { TimeSlicedQueue } from "./time_sliced_queue.ts";

Deno.test("time-sliced queue - work that comes together yields between slices of 3 ms, each item once", async () => {
  const clock = new FakeClock();
  const done: number[] = [];
  const queue = new TimeSlicedQueue<number>((item) => {
    clock.work(1);
    done.push(item);
  }, clock);
  for (let item = 0; item < 60; item++) for (let times = 0; times < 2; times++) queue.add(item);
  assert.deepEqual(done, [], "nothing is done from within an addition");
  await clock.pass(0);
  assert.equal(done.length, 3);
  await clock.pass(5);
  assert.equal(done.length, 6, "the next slice begins 5 ms after the first ended");
  await clock.pass(1_000);
  assert.deepEqual(done, Array.from({ length: 60 }, (_, item) => item));
});

Deno.test("time-sliced queue - an item added again while it is worked on is worked on again", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  const queue = new TimeSlicedQueue<string>((item) => {
    done.push(item);
    if (done.length < 3) queue.add(item);
  }, clock);
  queue.add("a");
  await clock.pass(100);
  assert.deepEqual(done, ["a", "a", "a"]);
});

Deno.test("time-sliced queue - a flush works on all that waits, and after a close nothing is done", async () => {
  const clock = new FakeClock();
  const done: string[] = [];
  const queue = new TimeSlicedQueue<string>((item) => done.push(item), clock);
  queue.add("a");
  queue.add("b");
  queue.flush();
  assert.deepEqual(done, ["a", "b"]);
  queue.add("c");
  queue.close();
  await clock.pass(100);
  assert.deepEqual(done, ["a", "b"]);
  assert.equal(clock.timers, 0);
});
