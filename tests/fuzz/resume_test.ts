import assert from "node:assert/strict";
import fc from "fast-check";
import { ClosedLog } from "../closed_log.ts";
import { idsOf, logOf, open, withHub } from "../hub_set_up.ts";
import { hostileText, RUNS } from "./runs.ts";

const CLOSED = 40;

Deno.test("fuzz - any Last-Event-ID is resumed from without loss, or gets a reset", async () => {
  const id = fc.oneof(
    fc.integer({ min: -3, max: CLOSED + 3 }).map(String),
    hostileText(["0", "9", "-", "+", ".", "e", "Infinity", "NaN", "0x1", "\n", " "], 24),
  );
  await withHub(logOf(new ClosedLog(), CLOSED), async (hub) => {
    await fc.assert(
      fc.asyncProperty(id, async (lastEventId) => {
        const reader = open(hub, { lastEventId });
        await reader.readUntil(({ events, lastEventId }) =>
          events.length > 0 || lastEventId === `${CLOSED}`
        );
        await reader.leave();
        const [first] = reader.events;
        if (first?.event === "reset") {
          assert.equal(JSON.parse(first.data).last_event_id, lastEventId);
          return;
        }
        const position = Number(lastEventId);
        assert.match(lastEventId, /^\d+$/);
        assert.ok(position <= CLOSED, lastEventId);
        const missed = Array.from({ length: CLOSED - position }, (_, at) => position + 1 + at);
        if (missed.length > 0) assert.deepEqual(idsOf(reader), missed);
      }),
      RUNS,
    );
  });
});
