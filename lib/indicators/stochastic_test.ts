import assert from "node:assert/strict";
import { stochastic } from "./stochastic.ts";
import { barsOf, linesOf, tradedAt } from "./test_candles.ts";
import { assertPublished } from "./test_published.ts";

// ChartSchool's worked example; closes before the fourteenth do not count, and were not published.
// deno-fmt-ignore
const HIGH = [
  127.0090, 127.6159, 126.5911, 127.3472, 128.1730, 128.4317, 127.3671, 126.4220, 126.8995, 126.8498, 125.6460,
  125.7156, 127.1582, 127.7154, 127.6855, 128.2228, 128.2725, 128.0934, 128.2725, 127.7353, 128.7700, 129.2873,
  130.0633, 129.1182, 129.2873, 128.4715, 128.0934, 128.6506, 129.1381, 128.6406,
];
// deno-fmt-ignore
const LOW = [
  125.3574, 126.1633, 124.9296, 126.0937, 126.8199, 126.4817, 126.0340, 124.8301, 126.3921, 125.7156, 124.5615,
  124.5715, 125.0689, 126.8597, 126.6309, 126.8001, 126.7105, 126.8001, 126.1335, 125.9245, 126.9891, 127.8148,
  128.4715, 128.0641, 127.6059, 127.5960, 126.9990, 126.8995, 127.4865, 127.3970,
];
// deno-fmt-ignore
const CLOSE = [
  ...LOW.slice(0, 13), 127.2876, 127.1781, 128.0138, 127.1085, 127.7253, 127.0587, 127.3273, 128.7103, 127.8745,
  128.5809, 128.6008, 127.9342, 128.1133, 127.5960, 127.5960, 128.6904, 128.2725,
];

Deno.test("stochastic - the fast oscillator and its signal have their published values", () => {
  const [place = [], signal = []] = linesOf(stochastic, [14, 1, 3], barsOf(HIGH, LOW, CLOSE));
  // deno-fmt-ignore
  assertPublished(place, [
    70.4382, 67.6089, 89.2021, 65.8106, 81.7477, 64.5238, 74.5298, 98.5814, 70.1045, 73.0561, 73.4178, 61.2313,
    60.9563, 40.3861, 40.3861, 66.8285, 56.7314,
  ], 0.0006);
  // deno-fmt-ignore
  assertPublished(signal, [
    75.7497, 74.2072, 78.9201, 70.6940, 73.6004, 79.2117, 81.0719, 80.5807, 72.1928, 69.2351, 65.2018, 54.1912,
    47.2428, 49.2003, 54.6487,
  ], 0.0006);
});

Deno.test("stochastic - it is in the middle where nothing moves", () => {
  const still = tradedAt(Array.from({ length: 4 }, () => ({ close: 7 })));
  assert.deepEqual(linesOf(stochastic, [2, 1, 2], still), [[null, 50, 50, 50], [
    null,
    null,
    50,
    50,
  ]]);
});
