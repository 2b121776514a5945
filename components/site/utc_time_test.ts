import assert from "node:assert/strict";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { axisText, isoText, startText } from "./utc_time.ts";

const START = epochSeconds(Date.UTC(2026, 3, 7, 4, 30) / 1000);

Deno.test("utc time - a start is shown in UTC, days without a time", () => {
  assert.equal(startText(START, "ONE_MINUTE"), "7 Apr 2026, 04:30");
  assert.equal(startText(START, "ONE_DAY"), "7 Apr 2026");
  assert.equal(axisText(START, "TWO_HOUR"), "7 Apr 04:30");
  assert.equal(axisText(START, "ONE_DAY"), "7 Apr");
  assert.equal(isoText(START), "2026-04-07T04:30:00Z");
});
