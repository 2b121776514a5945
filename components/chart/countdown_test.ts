import assert from "node:assert/strict";
import { countdownText } from "./countdown.ts";

Deno.test("countdown - a wait is shown in minutes and seconds, and in hours and days where there are any", () => {
  assert.deepEqual([7, 60, 750, 3600, 21_599, 86_399, 194_399].map(countdownText), [
    "0:07",
    "1:00",
    "12:30",
    "1:00:00",
    "5:59:59",
    "23:59:59",
    "2d 5:59:59",
  ]);
});
