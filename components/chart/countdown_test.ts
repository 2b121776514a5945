import assert from "node:assert/strict";
import { countdownText } from "./countdown.ts";

Deno.test("a wait is told in minutes and seconds, and in hours where there are any", () => {
  assert.deepEqual([7, 60, 750, 3600, 21_599].map(countdownText), [
    "0:07",
    "1:00",
    "12:30",
    "1:00:00",
    "5:59:59",
  ]);
});
