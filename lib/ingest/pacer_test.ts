import assert from "node:assert/strict";
import { Pacer } from "./pacer.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("the first touch goes out at once and the last one is never lost", async () => {
  const sent: string[] = [];
  const pacer = new Pacer<string>(30, (key) => sent.push(key));
  pacer.touch("a");
  pacer.touch("a");
  pacer.touch("a");
  pacer.touch("b");
  assert.deepEqual(sent, ["a", "b"]);
  await wait(100);
  assert.deepEqual(sent, ["a", "b", "a"]);
  pacer.touch("a");
  assert.deepEqual(
    sent,
    ["a", "b", "a", "a"],
    "after a quiet interval a touch is a first one again",
  );
  pacer.close();
});

Deno.test("keys touched all the time go out about once an interval", async () => {
  let sent = 0;
  const pacer = new Pacer<string>(50, () => sent++);
  const started = performance.now();
  while (performance.now() - started < 500) {
    pacer.touch("a");
    await wait(1);
  }
  pacer.close();
  assert.ok(sent >= 3 && sent <= 12, `sent ${sent} times in 500 ms`);
});

Deno.test("an interval of zero sends every touch, and flush sends what waits", () => {
  const sent: string[] = [];
  const every = new Pacer<string>(0, (key) => sent.push(key));
  every.touch("a");
  every.touch("a");
  assert.deepEqual(sent, ["a", "a"]);
  const paced = new Pacer<string>(60_000, (key) => sent.push(key));
  paced.touch("b");
  paced.touch("b");
  paced.flush();
  assert.deepEqual(sent, ["a", "a", "b", "b"]);
  paced.close();
});
