import assert from "node:assert/strict";
import { durationText, memoryText, rateText } from "./figure_text.ts";

Deno.test("figure text - a rate has as many digits as can be read", () => {
  assert.deepEqual([0, 0.001, 0.25, 3.42, 61.07, 1240.6].map(rateText), [
    "0",
    "0",
    "0.25",
    "3.4",
    "61.1",
    "1,241",
  ]);
});

Deno.test("figure text - a duration has at most two units, rounded down", () => {
  assert.deepEqual([-5, 8900, 59_999, 60_000, 3_600_000, 273_600_000].map(durationText), [
    "0 s",
    "8 s",
    "59 s",
    "1 min",
    "1 h 0 min",
    "3 d 4 h",
  ]);
});

Deno.test("figure text - memory is in MiB, from one GiB on in GiB", () => {
  assert.equal(memoryText(205_438_976), "196 MiB");
  assert.equal(memoryText(2 ** 31), "2.0 GiB");
});
