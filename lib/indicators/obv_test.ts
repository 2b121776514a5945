import assert from "node:assert/strict";
import { obv } from "./obv.ts";
import { lineOf, tradedAt } from "./test_candles.ts";

// ChartSchool's worked example.
// deno-fmt-ignore
const CLOSE = [
  53.26, 53.30, 53.32, 53.72, 54.19, 53.92, 54.65, 54.60, 54.21, 54.53, 53.79, 53.66, 53.56, 53.57, 53.94, 53.27,
];
// deno-fmt-ignore
const VOLUME = [
  88888, 8200, 8100, 8300, 8900, 9200, 13300, 10300, 9900, 10100, 11300, 12600, 10700, 11500, 23800, 14600,
];

Deno.test("obv - the balance has its published values, and does not move with an unchanged price", () => {
  const candles = CLOSE.map((close, index) => ({ close, volume: VOLUME[index] ?? 0 }));
  // deno-fmt-ignore
  assert.deepEqual(lineOf(obv, [], tradedAt([...candles, { close: 53.27, volume: 5 }])), [
    0, 8200, 16300, 24600, 33500, 24300, 37600, 27300, 17400, 27500, 16200, 3600, -7100, 4400, 28200, 13600,
    13600,
  ]);
});
