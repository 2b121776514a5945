import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHeartbeatTime, parseIsoTime } from "./time.ts";

Deno.test("wire times - an ISO time is read to the millisecond, rounded down, with up to nine digits", () => {
  const second = Date.UTC(2026, 3, 7, 14, 30, 2);
  const times: readonly [string, number][] = [
    ["2026-04-07T14:30:02Z", second],
    ["2026-04-07T14:30:02.7Z", second + 700],
    ["2026-04-07T14:30:02.78Z", second + 780],
    ["2026-04-07T14:30:02.789Z", second + 789],
    ["2026-04-07T14:30:02.789999Z", second + 789],
    ["2026-04-07T14:30:02.000999999Z", second],
    ["2026-04-07T14:30:02.789012+00:00", second + 789],
    ["2026-04-07T14:30:02+00:00", second],
  ];
  for (const [text, ms] of times) assert.equal(parseIsoTime(text), ms, text);
});

Deno.test("wire times - every millisecond of the accepted years is read as the platform reads it", () => {
  const range = { min: Date.UTC(2010, 0, 1), max: Date.UTC(2100, 0, 1) - 1 };
  fc.assert(fc.property(fc.integer(range), (ms) => {
    assert.equal(parseIsoTime(new Date(ms).toISOString()), ms);
  }));
});

Deno.test("wire times - a time that is not UTC, not whole, not of the calendar or absurd is refused", () => {
  const refused = [
    "",
    "yesterday",
    "1712500202",
    "2026-04-07",
    "2026-04-07T14:30Z",
    "2026-04-07T14:30:02",
    "2026-04-07 14:30:02Z",
    "2026-04-07T14:30:02.Z",
    "2026-04-07T14:30:02.1234567890Z",
    "2026-04-07T14:30:02.78Z ",
    "2026-04-07T14:30:02.78z",
    "2026-04-07T14:30:02+02:00",
    "2026-04-07T14:30:02-00:00",
    "2026-04-07T24:00:00Z",
    "2026-04-07T29:00:00Z",
    "2026-04-07T14:60:00Z",
    "2026-04-07T14:30:60Z",
    "2026-02-29T14:30:02Z",
    "2026-04-31T14:30:02Z",
    "2026-13-01T14:30:02Z",
    "2026-00-10T14:30:02Z",
    "2026-04-00T14:30:02Z",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "２026-04-07T14:30:02Z",
    20260407,
    null,
    undefined,
    {},
  ];
  for (const text of refused) assert.equal(parseIsoTime(text), null, String(text));
});

Deno.test("wire times - a wrong day after a right one is not taken from the cache", () => {
  assert.notEqual(parseIsoTime("2028-02-29T00:00:00Z"), null);
  assert.equal(parseIsoTime("2026-02-29T00:00:00Z"), null);
  assert.equal(parseIsoTime("2028-02-29T00:00:01Z"), Date.UTC(2028, 1, 29, 0, 0, 1));
});

Deno.test("wire times - any text is either refused or a time within the accepted years", () => {
  const nearly = fc.stringMatching(
    /^20[12]\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{0,10})?(Z|\+00:00)?$/,
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      const ms = parseIsoTime(text);
      if (ms === null) return;
      assert.equal(ms, Date.parse(text.replace(/(\.\d{3})\d+/, "$1")), text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("wire times - a heartbeat's time is read in Go's format and in ISO", () => {
  const second = Date.UTC(2026, 3, 7, 14, 30, 10);
  const times: readonly [string, number | null][] = [
    ["2026-04-07 14:30:10.000000000 +0000 UTC m=+91717.5", second],
    ["2026-04-07 14:30:10.123456789 +0000 UTC m=+91717.528457385", second + 123],
    ["2026-04-07 14:30:10 +0000 UTC", second],
    ["2026-04-07T14:30:10.25Z", second + 250],
    ["2026-04-07 14:30:10 +0200 CEST", null],
    ["2026-04-07 14:30:10", null],
    ["1712500210", null],
    [`2026-04-07 14:30:10 +0000 UTC m=+${"9".repeat(200)}`, null],
  ];
  for (const [text, ms] of times) assert.equal(parseHeartbeatTime(text), ms, text);
  assert.equal(parseHeartbeatTime(1712500210), null);
});
