import assert from "node:assert/strict";
import { SPARKLINE_HEIGHT, SPARKLINE_WIDTH, sparklinePath } from "./sparkline.ts";

/** The points a path goes through. */
function points(path: string | null): readonly (readonly [number, number])[] {
  const numbers = (path ?? "").match(/-?\d+/g)?.map(Number) ?? [];
  let x = 0;
  let y = 0;
  return Array.from({ length: numbers.length / 2 }, (_, index) => {
    x += numbers[index * 2] ?? NaN;
    y += numbers[index * 2 + 1] ?? NaN;
    return [x, y] as const;
  });
}

Deno.test("sparkline - a line goes from edge to edge and from its lowest to its highest value", () => {
  assert.deepEqual(points(sparklinePath([1, 3, 2])), [
    [0, SPARKLINE_HEIGHT],
    [Math.round(SPARKLINE_WIDTH / 2), 0],
    [SPARKLINE_WIDTH, SPARKLINE_HEIGHT / 2],
  ]);
});

Deno.test("sparkline - values that never change are a line through the middle", () => {
  assert.deepEqual(points(sparklinePath([5, 5])), [
    [0, SPARKLINE_HEIGHT / 2],
    [SPARKLINE_WIDTH, SPARKLINE_HEIGHT / 2],
  ]);
});

Deno.test("sparkline - fewer than two values are no line", () => {
  assert.equal(sparklinePath([]), null);
  assert.equal(sparklinePath([1]), null);
  assert.equal(sparklinePath([1, NaN]), null);
});

Deno.test("sparkline - many values are thinned out, the first and the newest kept", () => {
  const values = Array.from({ length: 288 }, (_, index) => index);
  const drawn = points(sparklinePath(values));
  assert.equal(drawn.length, 24);
  assert.deepEqual(drawn[0], [0, SPARKLINE_HEIGHT]);
  assert.deepEqual(drawn.at(-1), [SPARKLINE_WIDTH, 0]);
});

Deno.test("sparkline - of a day that is known in part the line is at the right, and the rest stays empty", () => {
  const left = Math.round(SPARKLINE_WIDTH * 0.75);
  assert.deepEqual(points(sparklinePath([1, 2], 0.25)), [
    [left, SPARKLINE_HEIGHT],
    [SPARKLINE_WIDTH, 0],
  ]);
});
