import assert from "node:assert/strict";
import { type EpochSeconds, epochSeconds } from "../../lib/candles/granularity.ts";
import { parseMultiple } from "../../lib/candles/multiple.ts";
import { bothPasts, changedPast } from "./changed_past.ts";

const HOUR = 3600;
const OLDEST = epochSeconds(10 * HOUR);
const HOURS = parseMultiple("1h");
const FOUR_HOURS = parseMultiple("4h");

function changed(news: Past, before: Past, multiple = HOURS) {
  assert.ok(multiple !== null);
  return changedPast(news, before, OLDEST, multiple);
}

type Past = ReturnType<typeof past>;

function past(hours: number | null, version: string | null = "a") {
  const since: EpochSeconds | null = hours === null ? null : epochSeconds(hours * HOUR);
  return { exact: { since, state: "growing" }, version } as const;
}

Deno.test("changed past - what has become exact is read again, in whole candles", () => {
  assert.deepEqual(changed(past(20.5), past(22.25)), {
    from: 20 * HOUR,
    until: 23 * HOUR,
  });
});

Deno.test("changed past - of a multiple they are whole ones of it", () => {
  assert.deepEqual(changed(past(21), past(22.25), FOUR_HOURS), {
    from: 20 * HOUR,
    until: 24 * HOUR,
  });
});

Deno.test("changed past - nothing is read again of what the chart does not have, or what has not changed", () => {
  assert.deepEqual(changed(past(5), past(12)), { from: 10 * HOUR, until: 13 * HOUR });
  assert.equal(changed(past(5), past(8)), null);
  assert.equal(changed(past(20), past(20)), null);
  assert.equal(changed(past(null), past(20)), null);
});

Deno.test("changed past - everything is read again once more is stored, or the first of it is exact", () => {
  const all = { from: 10 * HOUR, until: null };
  assert.deepEqual(changed(past(20, "b"), past(20)), all);
  assert.deepEqual(changed(past(20, "b"), past(20, null)), all);
  assert.deepEqual(changed(past(9), past(null)), all);
});

Deno.test("changed past - two changes are one stretch that has both", () => {
  const at = (hours: number) => epochSeconds(hours * HOUR);
  const early = { from: at(1), until: at(3) };
  const late = { from: at(2), until: at(5) };
  assert.deepEqual(bothPasts(early, late), { from: at(1), until: at(5) });
  assert.deepEqual(bothPasts(late, { ...early, until: null }), { from: at(1), until: null });
  assert.deepEqual([bothPasts(null, late), bothPasts(null, null)], [late, null]);
});
