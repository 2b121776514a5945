import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import { StaggeredPuts } from "./staggered_puts.ts";

Deno.test("staggered puts - keys touched together go out a few at a time, each once, in order", async () => {
  const clock = new FakeClock();
  const sent: number[] = [];
  const puts = new StaggeredPuts<number>(60_000, 10, (key) => sent.push(key), clock);
  for (let key = 0; key < 35; key++) for (let times = 0; times < 3; times++) puts.touch(key);
  assert.deepEqual(sent, [], "nothing goes out from within a touch");
  for (const count of [10, 20, 30, 35, 35]) {
    await clock.pass(20);
    assert.equal(sent.length, count);
  }
  assert.deepEqual(sent, Array.from({ length: 35 }, (_, key) => key));
  puts.close();
  assert.equal(clock.timers, 0);
});

Deno.test("staggered puts - a key goes out at most once an interval, and its last touch is never lost", async () => {
  const clock = new FakeClock();
  const sent: [value: number, atMs: number][] = [];
  let value = 0;
  const puts = new StaggeredPuts<string>(60, 10, () => sent.push([value, clock.now()]), clock);
  for (value = 1; value <= 40; value++) {
    puts.touch("a");
    await clock.pass(5);
  }
  value = 41;
  puts.touch("a");
  await clock.pass(200);
  assert.equal(sent.at(-1)?.[0], 41);
  for (const [nth, [, atMs]] of sent.entries()) {
    if (nth > 0) assert.ok(atMs - (sent[nth - 1]?.[1] ?? 0) >= 60, `put ${nth} after ${atMs}`);
  }
  assert.ok(sent.length >= 3);
});

Deno.test("staggered puts - a flush sends all that waits, and nothing twice", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const puts = new StaggeredPuts<string>(60_000, 1, (key) => sent.push(key), clock);
  puts.touch("a");
  await clock.pass(20);
  puts.touch("a");
  puts.touch("b");
  puts.flush();
  assert.deepEqual(sent.slice(1).sort(), ["a", "b"]);
  await clock.pass(60);
  assert.equal(sent.length, 3);
});
