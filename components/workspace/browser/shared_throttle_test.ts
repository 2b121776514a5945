import assert from "node:assert/strict";
import { paceMs, SharedPace } from "./shared_pace.ts";

Deno.test("shared pace - few charts are drawn at once, many less often", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(paceMs), [0, 0, 250, 250, 500, 500]);
  const drawn: string[] = [];
  new SharedPace(() => 0).request(() => drawn.push("now"));
  assert.deepEqual(drawn, ["now"]);
});

Deno.test("shared pace - what is asked for meanwhile is drawn once, and all of it together", async () => {
  const drawn: string[] = [];
  const pace = new SharedPace(() => 1);
  const [one, two] = [() => drawn.push("one"), () => drawn.push("two")];
  for (const draw of [one, two, one, one]) pace.request(draw);
  assert.deepEqual(drawn, []);
  await new Promise<void>((resolve) => pace.request(resolve));
  assert.deepEqual(drawn, ["one", "two"]);
  pace.request(one);
  await new Promise<void>((resolve) => pace.request(resolve));
  assert.deepEqual(drawn, ["one", "two", "one"]);
});

Deno.test("shared pace - nothing is drawn after it was closed", async () => {
  const drawn: string[] = [];
  const pace = new SharedPace(() => 1);
  pace.request(() => drawn.push("late"));
  pace.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(drawn, []);
});
