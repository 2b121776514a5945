import assert from "node:assert/strict";
import { epochSeconds } from "../../../lib/candles/granularity.ts";
import { lastUpTo, placeAt, timeAt } from "./sight_time.ts";

/** A minute without trades has no candle: nothing begins at 180. */
const CANDLES = [60, 120, 240, 300].map((start) => ({ start: epochSeconds(start) }));

Deno.test("sight time - a place between two candles is a time between their starts", () => {
  assert.equal(timeAt(CANDLES, 0, 60), 60);
  assert.equal(timeAt(CANDLES, 0.5, 60), 90);
  assert.equal(timeAt(CANDLES, 1.5, 60), 180, "half of the way over a hole");
  assert.equal(timeAt(CANDLES, 3, 60), 300);
});

Deno.test("sight time - beyond both ends places continue as if there were more candles", () => {
  assert.equal(timeAt(CANDLES, -2, 60), -60);
  assert.equal(timeAt(CANDLES, 5.5, 60), 450);
  assert.equal(placeAt(CANDLES, -60, 60), -2);
  assert.equal(placeAt(CANDLES, 450, 60), 5.5);
});

Deno.test("sight time - a time's place has that time", () => {
  for (let place = -3; place <= 7; place += 0.25) {
    assert.equal(placeAt(CANDLES, timeAt(CANDLES, place, 60), 60), place);
  }
  assert.ok(Number.isNaN(timeAt([], 1, 60)));
  assert.ok(Number.isNaN(placeAt([], 1, 60)));
});

Deno.test("sight time - the candle of a time is the last one that has begun", () => {
  assert.deepEqual([59, 60, 239, 240, 1000].map((time) => lastUpTo(CANDLES, time)), [
    -1,
    0,
    1,
    2,
    3,
  ]);
});
