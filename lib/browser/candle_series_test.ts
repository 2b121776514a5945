import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { CandleSeries } from "./candle_series.ts";

const at = (minute: number, other = {}) =>
  sampleCandle({ start: epochSeconds(minute * 60), ...other });

function starts(series: CandleSeries): readonly number[] {
  return series.candles.map(({ start }) => start / 60);
}

Deno.test("candle series - candles stand in the order of their starts, however they come", () => {
  const series = new CandleSeries([at(5), at(1), at(3)]);
  assert.equal(series.apply(at(4)), "older");
  assert.equal(series.apply(at(6)), "newest");
  assert.equal(series.apply(at(0)), "older");
  assert.deepEqual(starts(series), [0, 1, 3, 4, 5, 6]);
  assert.equal(series.newest?.start, 360);
});

Deno.test("candle series - a lower state never replaces a higher one, an equal or higher one does", () => {
  const live = { isComplete: false, exact: false };
  const series = new CandleSeries([at(1, { exact: false, revision: 1 })]);
  assert.equal(series.apply(at(1, live)), "none");
  assert.equal(series.apply(at(1, { exact: false, revision: 0 })), "none");
  assert.equal(series.apply(at(1, { exact: true, revision: 2 })), "newest");
  assert.equal(series.at(60)?.revision, 2);
  const running = new CandleSeries([at(2, { ...live, trades: 1 })]);
  assert.equal(running.apply(at(2, { ...live, trades: 2 })), "newest");
  assert.equal(running.newest?.trades, 2);
});

Deno.test("candle series - a page that is known already changes nothing", () => {
  const series = new CandleSeries([at(1), at(2)]);
  assert.equal(series.merge([at(1, { exact: false }), at(2, { exact: false })]), false);
  assert.equal(series.merge([at(0)]), true);
});

Deno.test("candle series - trimming keeps the newest", () => {
  const series = new CandleSeries([at(1), at(2), at(3)]);
  series.trim(2);
  assert.deepEqual(starts(series), [2, 3]);
  assert.equal(series.at(60), null);
});
