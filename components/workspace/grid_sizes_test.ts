import assert from "node:assert/strict";
import fc from "fast-check";
import {
  equalSizes,
  gridShape,
  LEAST_SHARE,
  parseSizes,
  withMovedBorder,
  writeSizes,
} from "./grid_sizes.ts";

Deno.test("grid sizes - one to nine charts have a grid with room for each of them", () => {
  for (let charts = 1; charts <= 9; charts++) {
    const { columns, rows } = gridShape(charts);
    assert.ok(columns * rows >= charts && columns * rows - charts <= 1, `${charts}`);
  }
  assert.deepEqual([1, 2, 4, 6, 9].map(gridShape).map(({ columns, rows }) => [columns, rows]), [
    [1, 1],
    [2, 1],
    [2, 2],
    [3, 2],
    [3, 3],
  ]);
});

Deno.test("grid sizes - a border moves as far as both sides allow, and no other one with it", () => {
  assert.deepEqual(withMovedBorder([50, 50], 0, 12.34), [62.3, 37.7]);
  assert.deepEqual(withMovedBorder([50, 50], 0, -80), [LEAST_SHARE, 100 - LEAST_SHARE]);
  assert.deepEqual(withMovedBorder([20, 30, 50], 1, 200), [20, 70, LEAST_SHARE]);
  assert.deepEqual(withMovedBorder([50, 50], 1, 5), [50, 50], "there is no border");
});

Deno.test("grid sizes - whatever borders were moved, what is written is read again", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.tuple(fc.nat(3), fc.double({ min: -150, max: 150, noNaN: true })), {
      maxLength: 30,
    }),
    (count, moves) => {
      const sizes = moves.reduce(
        (now, [index, percent]) => withMovedBorder(now, index, percent),
        equalSizes(count),
      );
      const read = parseSizes(writeSizes(sizes), count);
      assert.ok(read !== null, writeSizes(sizes));
    },
  ));
});

Deno.test("grid sizes - too many, too small, too large and what is not a number is refused", () => {
  for (
    const text of [
      "",
      "50",
      "50,50,0",
      "5,95",
      "60,50",
      "-10,110",
      "NaN,50",
      "50;50",
      "1e1,90",
      "50,50.55",
    ]
  ) assert.equal(parseSizes(text, 2), null, text);
  assert.deepEqual(parseSizes("33.3,33.3,33.3", 3), [33.3, 33.3, 33.3]);
});
