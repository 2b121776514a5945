import assert from "node:assert/strict";
import { EventQueue } from "./event_queue.ts";
import { timely } from "../../tests/harness/wait.ts";

Deno.test("items come out in the order they went in, also past a cut of the consumed ones", async () => {
  const queue = new EventQueue<number>(10_000, () => 1);
  for (let i = 0; i < 3000; i++) assert.equal(queue.offer(i), true);
  for (let i = 0; i < 2000; i++) assert.equal((await queue.next()).value, i);
  for (let i = 3000; i < 4000; i++) queue.offer(i);
  queue.end();
  const rest: number[] = [];
  for await (const item of timely("the rest", queue)) rest.push(item);
  assert.deepEqual(rest, Array.from({ length: 2000 }, (_, i) => i + 2000));
  assert.equal(queue.weight, 0);
});

Deno.test("a reader that waits gets the next item, and the end", async () => {
  const queue = new EventQueue<string>(1, () => 1);
  const first = queue.next();
  queue.offer("a");
  assert.deepEqual(await first, { value: "a", done: false });
  const last = queue.next();
  queue.end();
  assert.equal((await last).done, true);
  assert.equal((await queue.next()).done, true);
});

Deno.test("what does not fit is refused, room is made by reading", async () => {
  const queue = new EventQueue<number>(10, (weight) => weight);
  assert.equal(queue.offer(6), true);
  assert.equal(queue.offer(5), false);
  assert.equal(queue.offer(5, 1), true, "a reserve is room");
  await queue.next();
  assert.equal(queue.offer(5), true);
});

Deno.test("an item heavier than the whole queue passes when nothing waits", () => {
  const queue = new EventQueue<number>(10, (weight) => weight);
  assert.equal(queue.offer(50), true);
  assert.equal(queue.offer(1), false);
});

Deno.test("after the end nothing goes in", async () => {
  const queue = new EventQueue<number>(10, () => 1);
  queue.end();
  queue.offer(1);
  queue.force(2);
  assert.equal((await queue.next()).done, true);
});
