import assert from "node:assert/strict";
import { GRANULARITIES, GRANULARITY_SECONDS } from "./granularity.ts";
import { parseMultiple } from "./multiple.ts";

Deno.test("multiple - a stored granularity is a multiple of itself, under its own name", () => {
  for (const granularity of GRANULARITIES) {
    assert.deepEqual(parseMultiple(granularity), {
      name: granularity,
      seconds: GRANULARITY_SECONDS[granularity],
      of: granularity,
      parts: 1,
    });
  }
});

Deno.test("multiple - a multiple is merged from the largest stored granularity that divides it", () => {
  const cases = [
    ["FOUR_HOUR", "FOUR_HOUR", 14_400, "TWO_HOUR", 2],
    ["four_hours", "FOUR_HOUR", 14_400, "TWO_HOUR", 2],
    ["4h", "FOUR_HOUR", 14_400, "TWO_HOUR", 2],
    ["14400", "FOUR_HOUR", 14_400, "TWO_HOUR", 2],
    ["90m", "NINETY_MINUTE", 5400, "THIRTY_MINUTE", 3],
    ["3D", "THREE_DAY", 259_200, "ONE_DAY", 3],
    ["24h", "ONE_DAY", 86_400, "ONE_DAY", 1],
    ["77m", "77m", 4620, "ONE_MINUTE", 77],
    ["FORTY_FIVE_MINUTE", "FORTY_FIVE_MINUTE", 2700, "FIFTEEN_MINUTE", 3],
  ] as const;
  for (const [text, name, seconds, of, parts] of cases) {
    assert.deepEqual(parseMultiple(text), { name, seconds, of, parts }, text);
  }
});

Deno.test("multiple - a name in an answer is understood in a request", () => {
  for (let minutes = 1; minutes <= 1440; minutes++) {
    const multiple = parseMultiple(`${minutes}m`);
    assert.ok(multiple !== null);
    assert.deepEqual(parseMultiple(multiple.name), multiple);
  }
});

Deno.test("multiple - a length that is not a whole multiple of a minute, or too long, is refused", () => {
  for (
    const text of ["", "0", "0m", "30", "90", "-5m", "1.5h", "m", "_HOUR", "ZERO_HOUR", "32d"]
      .concat(["1441m", "ONE_WEEK", "HOUR", "5 m", "99999999999"])
  ) assert.equal(parseMultiple(text), null, text);
});
