import assert from "node:assert/strict";
import { type EpochSeconds, epochSeconds } from "../../lib/candles/granularity.ts";
import type { ExactPast } from "../../lib/history/exact_pasts.ts";
import { exactSummary } from "./ExactSummary.tsx";

const AT = epochSeconds(Date.UTC(2026, 3, 7, 14, 30) / 1000);

function summaryOf(...pasts: readonly [EpochSeconds | null, ExactPast["state"]][]): string {
  return exactSummary(pasts.map(([since, state]) => ({ exact: { since, state } })));
}

Deno.test("exact summary - it is as good as the product that is exact since latest", () => {
  assert.equal(
    summaryOf([epochSeconds(AT - 86_400), "whole"], [AT, "whole"]),
    "All exact since 7 Apr 14:30",
  );
  assert.equal(
    summaryOf([AT, "growing"], [null, "waiting"], [AT, "waiting"]),
    "2 of 3 exact since 7 Apr 14:30, 1 growing",
  );
  assert.equal(summaryOf([null, "waiting"]), "No product is exact yet");
});
