import assert from "node:assert/strict";
import { supertrend } from "./supertrend.ts";
import { Sheet } from "./sheet.ts";
import { barsOf } from "./test_candles.ts";

Deno.test("supertrend - the line never gives way, and changes sides when a close crosses it", () => {
  const rise = Array.from({ length: 12 }, (_, index) => 100 + index);
  const fall = Array.from({ length: 12 }, (_, index) => 108 - 2 * index);
  const close = [...rise, ...fall];
  const sheet = new Sheet();
  const [line] = supertrend.compute(sheet, { period: 3, ranges: 1 });
  sheet.fill(barsOf(close.map((at) => at + 1), close.map((at) => at - 1), close));
  const values = line?.column.cells ?? [];
  const sides = line?.trend?.cells ?? [];
  assert.deepEqual(values.slice(0, 2), [null, null]);
  const turn = sides.lastIndexOf(1);
  assert.ok(turn >= 11 && turn < 14, `${turn}`);
  close.forEach((price, index) => {
    const [value, before] = [values[index], values[index - 1]];
    if (value === null || value === undefined) return;
    const up = sides[index] === 1;
    assert.equal(price > value, up, `${index}`);
    if (sides[index - 1] !== sides[index] || before === null || before === undefined) return;
    assert.ok(up ? value >= before : value <= before, `${index}`);
  });
});
