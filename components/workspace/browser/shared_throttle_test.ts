import assert from "node:assert/strict";
import { SharedThrottle, throttleMs } from "./shared_throttle.ts";

Deno.test("shared throttle - few charts are drawn immediately, many less often", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(throttleMs), [0, 0, 250, 250, 500, 500]);
  const drawn: string[] = [];
  new SharedThrottle(() => 0).request(() => drawn.push("now"));
  assert.deepEqual(drawn, ["now"]);
});

Deno.test("shared throttle - what is requested in between is drawn once, and all of it together", async () => {
  const drawn: string[] = [];
  const throttle = new SharedThrottle(() => 1);
  const [one, two] = [() => drawn.push("one"), () => drawn.push("two")];
  for (const draw of [one, two, one, one]) throttle.request(draw);
  assert.deepEqual(drawn, []);
  await new Promise<void>((resolve) => throttle.request(resolve));
  assert.deepEqual(drawn, ["one", "two"]);
  throttle.request(one);
  await new Promise<void>((resolve) => throttle.request(resolve));
  assert.deepEqual(drawn, ["one", "two", "one"]);
});

Deno.test("shared throttle - nothing is drawn after it was closed", async () => {
  const drawn: string[] = [];
  const throttle = new SharedThrottle(() => 1);
  throttle.request(() => drawn.push("late"));
  throttle.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(drawn, []);
});
