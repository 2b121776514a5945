import assert from "node:assert/strict";
import { markText, zonedStartText } from "./chart_time.ts";

const NOON = Date.UTC(2026, 3, 7, 12) / 1000;
const OFFSET = new Date(NOON * 1000).getTimezoneOffset() * 60;

Deno.test("chart time - a start is shown in UTC, or by this device's clock", () => {
  assert.equal(zonedStartText(NOON, "ONE_HOUR", "utc"), "7 Apr 2026, 12:00");
  assert.equal(zonedStartText(NOON + OFFSET, "ONE_HOUR", "local"), "7 Apr 2026, 12:00");
});

Deno.test("chart time - a day is UTC's day whatever the clock", () => {
  assert.equal(zonedStartText(NOON - 43_200, "ONE_DAY", "local"), "7 Apr 2026");
});

Deno.test("chart time - a mark is a time of day, and a day where one begins", () => {
  assert.equal(markText(NOON, 3, "ONE_HOUR", "utc"), "12:00");
  assert.equal(markText(NOON - 43_200, 3, "ONE_HOUR", "utc"), "7 Apr");
  assert.equal(markText(NOON, 2, "ONE_HOUR", "utc"), "7 Apr");
  assert.equal(markText(NOON, 3, "ONE_DAY", "utc"), "7 Apr");
});
