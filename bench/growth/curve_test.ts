import assert from "node:assert/strict";
import { quantile } from "../quantile.ts";
import { curveText, type GrowthPoint, slopeOf } from "./curve.ts";

const SIZES = [10, 50, 500, 2_000];

function points(cost: (size: number) => number): GrowthPoint[] {
  return SIZES.map((size) => ({
    size,
    items: 1,
    cpuMicrosPerItem: cost(size),
    p50Ms: 1,
    p99Ms: 2,
    residentBytes: 2 ** 20,
    heapBytes: 2 ** 20,
  }));
}

function slope(cost: (size: number) => number) {
  const { overall, bendsAt } = slopeOf(points(cost), ({ cpuMicrosPerItem }) => cpuMicrosPerItem);
  return { overall: Number(overall.toFixed(6)), bendsAt };
}

Deno.test("growth - a cost that stays is flat, one that grows with the size is 1, one that is shared is -1", () => {
  assert.deepEqual(slope(() => 7), { overall: 0, bendsAt: null });
  assert.deepEqual(slope((size) => 3 * size), { overall: 1, bendsAt: 10 });
  assert.deepEqual(slope((size) => 9 / size), { overall: -1, bendsAt: null });
});

Deno.test("growth - where a curve begins to rise is named", () => {
  assert.equal(slope((size) => size < 600 ? 5 : 20).bendsAt, 500);
  const text = curveText("load", "products", "trade", points((size) => size < 600 ? 5 : 20));
  assert.match(text, /CPU per trade 0\.\d\d, bends at 500; p50 0\.00; resident 0\.00/);
  assert.equal(text.split("\n").length, SIZES.length + 3);
});

Deno.test("growth - a quantile is one of the values", () => {
  assert.equal(quantile([5, 1, 3, 2, 4], 0.5), 3);
  assert.equal(quantile([5, 1, 3, 2, 4], 0.99), 5);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
