import assert from "node:assert/strict";
import { ALL, logOf, minute, open, withHub } from "../../tests/hub_set_up.ts";
import { ClosedLog } from "../../tests/closed_log.ts";
import { SseReader } from "../../tests/sse_reader.ts";
import type { Hub } from "./hub.ts";
import type { StreamRequest } from "./hub_options.ts";

/** Opens a stream that is compressed, and reads what comes out of it. */
function openCompressed(hub: Hub, wish: Partial<StreamRequest> = {}): SseReader {
  const answer = hub.connect({
    subscription: ALL,
    lastEventId: null,
    address: "a",
    gzip: true,
    ...wish,
  });
  if (answer.kind !== "stream") throw new Error(answer.reason);
  return new SseReader(answer.body.pipeThrough(new DecompressionStream("gzip")));
}

Deno.test("compressed streams - they have the same events as others, whenever their clients came", async () => {
  const log = logOf(new ClosedLog(), 3);
  await withHub(log, async (hub) => {
    const readers = [open(hub, { subscription: ALL }), openCompressed(hub)];
    const step = async (n: number) => {
      hub.deliver([log.append(minute(n)), log.live(minute(n + 1, { isComplete: false }))]);
      for (const reader of readers) {
        await reader.readUntil(({ lastEventId }) => lastEventId === `${n + 1}`);
      }
    };
    await step(3);
    readers.push(openCompressed(hub), openCompressed(hub, { lastEventId: "2" }));
    await step(4);
    await step(5);
    const [plain, ...compressed] = readers.map(({ events }) => events.slice(-4));
    for (const events of compressed) assert.deepEqual(events, plain);
    assert.equal(readers[3]?.events[0]?.id, "3", "resumed");
    assert.equal(hub.stats().compressed, 3);
    for (const reader of readers) await reader.leave();
    assert.equal(hub.stats().compressed, 0);
  });
});

Deno.test("compressed streams - members of a group get the very same bytes", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const bodies = [1, 2].map(() => {
      const answer = hub.connect({
        subscription: ALL,
        lastEventId: null,
        address: "a",
        gzip: true,
      });
      assert.ok(answer.kind === "stream");
      return answer.body.getReader();
    });
    for (const body of bodies) await body.read();
    const before = hub.stats().bytesSent;
    hub.deliver([log.append(minute(0)), log.append(minute(1))]);
    const [first, second] = await Promise.all(
      bodies.map(async (body) => (await body.read()).value),
    );
    assert.ok(first);
    assert.equal(second, first, "compressed once");
    assert.equal(hub.stats().bytesSent - before, 2 * first.length, "what was sent is counted");
    for (const body of bodies) await body.cancel();
  });
});

Deno.test("compressed streams - one that lags has every closed candle, and the newest live value", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const slow = openCompressed(hub);
    let total = 0;
    // Random digits, so that the queue is full for all the compression.
    while (hub.stats().lagging === 0 && total < 500) {
      const noise = Array.from({ length: 4000 }, () => Math.random().toString(36).slice(2)).join(
        "",
      );
      const message = log.append(minute(total++));
      const text = new TextDecoder().decode(message.bytes).replace("{", `{"noise":"${noise}",`);
      hub.deliver([{ ...message, bytes: new TextEncoder().encode(text) }]);
    }
    assert.equal(hub.stats().lagging, 1);
    for (let more = 0; more < 5; more++) hub.deliver([log.append(minute(total++))]);
    hub.deliver([log.live(minute(total, { isComplete: false }))]);
    await slow.readUntil(({ events }) => events.length === total + 1);
    assert.deepEqual(
      slow.candles().map(({ is_complete }) => is_complete),
      [...new Array<boolean>(total).fill(true), false],
    );
    await slow.leave();
  });
});
