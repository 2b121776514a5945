import assert from "node:assert/strict";
import { LiveThrottle } from "./live_throttle.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("the first touch goes out at once and the last one is never lost", async () => {
  const sent: string[] = [];
  const throttle = new LiveThrottle<string>(30, (key) => sent.push(key));
  throttle.touch("a");
  throttle.touch("a");
  throttle.touch("a");
  throttle.touch("b");
  assert.deepEqual(sent, ["a", "b"]);
  await wait(100);
  assert.deepEqual(sent, ["a", "b", "a"]);
  throttle.touch("a");
  assert.deepEqual(
    sent,
    ["a", "b", "a", "a"],
    "after a quiet interval a touch is a first one again",
  );
  throttle.close();
});

Deno.test("keys touched all the time go out about once an interval", async () => {
  let sent = 0;
  const throttle = new LiveThrottle<string>(50, () => sent++);
  const started = performance.now();
  while (performance.now() - started < 500) {
    throttle.touch("a");
    await wait(1);
  }
  throttle.close();
  assert.ok(sent >= 3 && sent <= 12, `sent ${sent} times in 500 ms`);
});

Deno.test("an interval of zero sends every touch, and flush sends what waits", () => {
  const sent: string[] = [];
  const every = new LiveThrottle<string>(0, (key) => sent.push(key));
  every.touch("a");
  every.touch("a");
  assert.deepEqual(sent, ["a", "a"]);
  const paced = new LiveThrottle<string>(60_000, (key) => sent.push(key));
  paced.touch("b");
  paced.touch("b");
  paced.flush();
  assert.deepEqual(sent, ["a", "a", "b", "b"]);
  paced.close();
});
