import assert from "node:assert/strict";
import { StaggeredPuts } from "./staggered_puts.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("many keys touched at once go out a few at a time, each once, in the order of touching", async () => {
  const slices: number[][] = [];
  const spread = new StaggeredPuts<number>(60_000, 10, (key) => {
    if (slices.length === 0 || slices.at(-1)?.length === 10) slices.push([]);
    slices.at(-1)?.push(key);
  });
  const sent = () => slices.flat();
  for (let key = 0; key < 35; key++) for (let times = 0; times < 3; times++) spread.touch(key);
  assert.deepEqual(sent(), [], "nothing goes out from within a touch");
  const seen = new Set<number>();
  while (sent().length < 35) {
    seen.add(sent().length);
    await wait(1);
  }
  assert.deepEqual(sent(), Array.from({ length: 35 }, (_, key) => key));
  assert.deepEqual([...seen].filter((count) => count % 10 !== 0), [], "ten at a time");
  spread.close();
});

Deno.test("a key goes out at most once an interval, and its last touch is never lost", async () => {
  const sent: number[] = [];
  let value = 0;
  const spread = new StaggeredPuts<string>(60, 10, () => sent.push(value));
  const times: number[] = [];
  const startedMs = performance.now();
  for (value = 1; value <= 40; value++) {
    const before = sent.length;
    spread.touch("a");
    await wait(5);
    if (sent.length > before) times.push(performance.now() - startedMs);
  }
  value = 41;
  spread.touch("a");
  while (sent.at(-1) !== 41) await wait(5);
  const pauses = times.slice(1).map((time, nth) => time - (times[nth] ?? 0));
  assert.ok(pauses.every((pause) => pause > 40), `pauses of ${pauses.map(Math.round)} ms`);
  assert.ok(sent.length >= 3);
  spread.close();
});

Deno.test("a flush sends all that waits, and nothing twice", async () => {
  const sent: string[] = [];
  const spread = new StaggeredPuts<string>(60_000, 1, (key) => sent.push(key));
  spread.touch("a");
  while (sent.length === 0) await wait(1);
  spread.touch("a");
  spread.touch("b");
  spread.flush();
  assert.deepEqual(sent.slice(1).sort(), ["a", "b"]);
  await wait(60);
  assert.equal(sent.length, 3);
  spread.close();
});
