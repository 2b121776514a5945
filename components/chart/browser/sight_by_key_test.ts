import assert from "node:assert/strict";
import { sightByKey } from "./sight_by_key.ts";

const SIGHT = { from: 100, to: 200 };

const PLAIN = { code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

function moved(key: string, held: Partial<typeof PLAIN> = {}) {
  return sightByKey({ ...PLAIN, ...held, key }, SIGHT, 300);
}

Deno.test("chart keys - arrows pan by a tenth, with shift by most of what is in sight", () => {
  assert.deepEqual(moved("ArrowLeft"), { from: 90, to: 190 });
  assert.deepEqual(moved("ArrowRight", { shiftKey: true }), { from: 180, to: 280 });
});

Deno.test("chart keys - plus and minus zoom at the newest in sight, never to fewer than ten candles", () => {
  assert.deepEqual(moved("+"), { from: 120, to: 200 });
  assert.deepEqual(moved("-"), { from: 75, to: 200 });
  assert.deepEqual(sightByKey({ ...PLAIN, key: "+" }, { from: 0, to: 10 }, 300), {
    from: 0,
    to: 10,
  });
});

Deno.test("chart keys - Home and End go to either end of the candles there are", () => {
  assert.deepEqual(moved("Home"), { from: -1, to: 99 });
  assert.deepEqual(moved("End"), { from: 202, to: 302 });
});

Deno.test("chart keys - another key moves nothing", () => {
  assert.equal(moved("a"), null);
  assert.equal(moved("+", { ctrlKey: true }), null, "the browser zooms the page");
  assert.equal(moved("ArrowLeft", { altKey: true }), null, "the browser goes back");
});
