import assert from "node:assert/strict";
import { DRAWING_KINDS, DRAWINGS } from "../../lib/drawings/drawing.ts";
import { alertCondition } from "./alert_condition.ts";

const EARLY = { time: 60, price: 101.5 };
const LATE = { time: 3600, price: 99 };

function drawing(kind: (typeof DRAWING_KINDS)[number], ...anchors: readonly (typeof EARLY)[]) {
  return { id: "a", kind, anchors, text: "" };
}

Deno.test("drawing alert - a line waits from its earlier end on, whichever way it was drawn", () => {
  const condition = { kind: "line", from: EARLY, to: LATE };
  for (const kind of ["trend", "ray"] as const) {
    assert.deepEqual(alertCondition(drawing(kind, EARLY, LATE)), condition);
    assert.deepEqual(alertCondition(drawing(kind, LATE, EARLY)), condition);
  }
});

Deno.test("drawing alert - a horizontal line waits for its price", () => {
  const condition = { kind: "price", value: 101.5 };
  assert.deepEqual(alertCondition(drawing("horizontal", EARLY)), condition);
});

Deno.test("drawing alert - an upright line and what is not a line have none", () => {
  assert.equal(alertCondition(drawing("trend", EARLY, { ...EARLY, price: 7 })), null);
  const others = DRAWING_KINDS.filter((kind) => !["horizontal", "trend", "ray"].includes(kind));
  for (const kind of others) {
    const anchors = [EARLY, LATE].slice(0, DRAWINGS[kind].anchors);
    assert.equal(alertCondition(drawing(kind, ...anchors)), null, kind);
  }
});
