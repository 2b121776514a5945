import assert from "node:assert/strict";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { exactPastText, exactSinceText, shortSince } from "./exact_past_text.ts";

const SINCE = epochSeconds(Date.UTC(2026, 3, 7, 14, 30) / 1000);
const DAY = epochSeconds(Date.UTC(2026, 3, 7) / 1000);

Deno.test("exact past text - it has the start of the exact past, and the state of older candles", () => {
  assert.match(
    exactPastText({ since: SINCE, state: "growing" }),
    /^Every candle from 7 Apr 2026, 14:30 UTC on holds every trade .* so it will reach further back\.$/,
  );
  assert.match(exactPastText({ since: SINCE, state: "whole" }), /never changes\.$/);
  assert.match(exactPastText({ since: SINCE, state: "waiting" }), /until their trades/);
  assert.match(exactPastText({ since: null, state: "waiting" }), /^Nothing is proven yet/);
  assert.equal(
    exactSinceText({ since: SINCE, state: "growing" }),
    "Exact since 7 Apr 2026, 14:30 UTC, and growing",
  );
  assert.equal(exactSinceText({ since: null, state: "waiting" }), "Not exact yet");
});

Deno.test("exact past text - a moment that begins a day is written as the day", () => {
  assert.equal(shortSince(SINCE), "7 Apr 14:30");
  assert.equal(shortSince(DAY), "7 Apr");
});
