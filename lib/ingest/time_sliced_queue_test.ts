import assert from "node:assert/strict";
import { TimeSlicedQueue } from "./time_sliced_queue.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("work that comes together leaves room for everything else, and each item is worked on once", async () => {
  const done: number[] = [];
  const slices = new TimeSlicedQueue<number>((item) => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    done.push(item);
  });
  for (let item = 0; item < 60; item++) for (let times = 0; times < 2; times++) slices.add(item);
  assert.deepEqual(done, [], "nothing is done from within an addition");
  let turns = 0;
  while (done.length < 60) {
    await wait(0);
    turns++;
  }
  assert.deepEqual(done, Array.from({ length: 60 }, (_, item) => item));
  // Sixty milliseconds of work in slices of three, give or take a slow machine.
  assert.ok(turns >= 10, `others had ${turns} turns`);
});

Deno.test("an item added again while it is worked on is worked on again", async () => {
  const done: string[] = [];
  const slices = new TimeSlicedQueue<string>((item) => {
    done.push(item);
    if (done.length < 3) slices.add(item);
  });
  slices.add("a");
  while (done.length < 3) await wait(1);
  await wait(20);
  assert.deepEqual(done, ["a", "a", "a"]);
});

Deno.test("a flush works on all that waits, and after a close nothing is done", async () => {
  const done: string[] = [];
  const slices = new TimeSlicedQueue<string>((item) => done.push(item));
  slices.add("a");
  slices.add("b");
  slices.flush();
  assert.deepEqual(done, ["a", "b"]);
  slices.add("c");
  slices.close();
  await wait(20);
  assert.deepEqual(done, ["a", "b"]);
});
