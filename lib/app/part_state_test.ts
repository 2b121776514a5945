import assert from "node:assert/strict";
import { partState } from "./part_state.ts";

Deno.test("part state - a part that was never connected is starting, one with a reason is down", () => {
  assert.equal(partState(null), null);
  const states = [
    ["up", null],
    ["degraded", "no room"],
    ["connecting", null],
    ["connecting", "refused"],
    ["closed", null],
  ] as const;
  assert.deepEqual(states.map(([state, reason]) => partState({ state, reason })), [
    { state: "up", detail: null },
    { state: "degraded", detail: "no room" },
    { state: "starting", detail: null },
    { state: "down", detail: "refused" },
    { state: "down", detail: null },
  ]);
});
