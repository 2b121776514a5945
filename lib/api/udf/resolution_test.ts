import assert from "node:assert/strict";
import { GRANULARITIES, GRANULARITY_SECONDS } from "../../candles/granularity.ts";
import { parseMultiple } from "../../candles/multiple.ts";
import { pageLimit } from "../candle_page.ts";
import { MAX_BARS } from "./history.ts";
import { INTRADAY, parseResolution, RESOLUTIONS } from "./resolution.ts";

const DAY_SECONDS = 86_400;

Deno.test("udf resolution - every stored granularity has one and comes back from it", () => {
  for (const granularity of GRANULARITIES) {
    const multiple = parseMultiple(granularity) ?? assert.fail();
    const { seconds } = multiple;
    const text = seconds % DAY_SECONDS === 0 ? `${seconds / DAY_SECONDS}D` : `${seconds / 60}`;
    assert.deepEqual(parseResolution(text), multiple, text);
    assert.ok(RESOLUTIONS.includes(text), `${text} is offered`);
  }
});

Deno.test("udf resolution - minutes are bare numbers, days have a letter", () => {
  const seconds = (text: string) => parseResolution(text)?.seconds ?? null;
  assert.equal(seconds("1"), 60);
  assert.equal(seconds("7"), 420);
  assert.equal(seconds("240"), 14_400);
  for (const day of ["D", "1D", "d", "1440"]) assert.equal(seconds(day), DAY_SECONDS, day);
  assert.equal(seconds("3D"), 3 * DAY_SECONDS);
});

Deno.test("udf resolution - what charts build themselves, and any other text, is refused", () => {
  for (const text of ["", "0", "0D", "W", "1W", "M", "1M", "32D", "5S", "1h", "-1", "1.5", "1e3"]) {
    assert.equal(parseResolution(text), null, text);
  }
});

Deno.test("udf resolution - every one that is offered begins at midnight and fills an answer", () => {
  for (const text of INTRADAY) {
    const multiple = parseResolution(text) ?? assert.fail(text);
    assert.equal(DAY_SECONDS % multiple.seconds, 0, text);
    assert.equal(pageLimit(MAX_BARS, multiple), MAX_BARS, text);
    assert.equal(GRANULARITY_SECONDS[multiple.of] * multiple.parts, multiple.seconds);
  }
});
