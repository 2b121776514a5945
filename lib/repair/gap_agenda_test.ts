import assert from "node:assert/strict";
import type { IdGap } from "../candles/id_intervals.ts";
import { GapAgenda } from "./gap_agenda.ts";
import type { FillOutcome } from "./gap_fill.ts";

const OLD: IdGap = { fromId: 3, toId: 9, fromTimeMs: 0, toTimeMs: 1 };
const NEW: IdGap = { fromId: 20, toId: 29, fromTimeMs: 2, toTimeMs: 3 };

/** When a gap that stays open is tried, if each try ends like this: the first few instants, seconds. */
function tries(outcome: FillOutcome, count: number): number[] {
  const agenda = new GapAgenda();
  const instants: number[] = [];
  for (let nowMs = 0; instants.length < count && nowMs < 1e8; nowMs += 500) {
    if (agenda.due([OLD], nowMs).length === 0) continue;
    instants.push(nowMs / 1000);
    agenda.tried(OLD, outcome, nowMs);
  }
  return instants;
}

Deno.test("gap agenda - a gap is given a second to close by itself, then the newest come first", () => {
  const agenda = new GapAgenda();
  assert.deepEqual(agenda.due([OLD, NEW], 0), []);
  assert.deepEqual(agenda.due([OLD, NEW], 999), []);
  assert.deepEqual(agenda.due([OLD, NEW], 1_000), [NEW, OLD]);
});

Deno.test("gap agenda - what the exchange does not show is retried ever more rarely, an hour apart at last", () => {
  assert.deepEqual(tries("unfilled", 5), [1, 3, 7, 15, 31]);
  const [before = 0, last = 0] = tries("unfilled", 16).slice(-2);
  assert.equal(last - before, 3_600);
});

Deno.test("gap agenda - what the exchange's candles stand in for is in no hurry", () => {
  assert.deepEqual(tries("estimated", 3), [1, 601, 1_801]);
});

Deno.test("gap agenda - a gap that is gone is forgotten: should it come again, it is new", () => {
  const agenda = new GapAgenda();
  agenda.due([OLD], 0);
  assert.deepEqual(agenda.due([OLD], 1_000), [OLD]);
  agenda.tried(OLD, "estimated", 1_000);
  assert.deepEqual(agenda.due([], 2_000), []);
  assert.deepEqual(agenda.due([OLD], 3_000), []);
  assert.deepEqual(agenda.due([OLD], 4_000), [OLD]);
});
