import assert from "node:assert/strict";
import { RESUME_LIMITS } from "../api/read_limits.ts";
import { CostBudget } from "../http/cost_budget.ts";
import { ClosedLog } from "../../tests/closed_log.ts";
import { ALL, BTC, ETH, idsOf, logOf, minute, ONE, open, withHub } from "../../tests/hub_set_up.ts";
import { until } from "../../tests/harness/wait.ts";
import type { SseReader } from "../../tests/sse_reader.ts";
import type { Hub } from "./hub.ts";

function resume(
  hub: Hub,
  lastEventId: string | null,
  closedOnly = false,
  address = "a",
): SseReader {
  return open(hub, { lastEventId, subscription: { ...ONE, closedOnly }, address });
}

Deno.test("resume - a recent id is resumed from memory without a request to the bus", async () => {
  const log = logOf(new ClosedLog(), 10);
  await withHub(log, async (hub) => {
    log.failures = 1000;
    const reader = resume(hub, "7");
    hub.deliver([log.live(minute(10, { isComplete: false }))]);
    await reader.drain();
    assert.deepEqual(idsOf(reader), [8, 9, 10, 10]);
    assert.equal(hub.stats().resumedFromMemory, 1);
  });
});

Deno.test("resume - a resumed client also gets the live value that changed while it was disconnected", async () => {
  const log = logOf(new ClosedLog(), 3);
  await withHub(log, async (hub) => {
    hub.deliver([log.live(minute(3, { isComplete: false }))]);
    const reader = resume(hub, "3");
    await reader.drain();
    assert.deepEqual(reader.candles().map((candle) => candle.is_complete), [false]);
    assert.deepEqual(idsOf(reader), [3]);
  });
});

Deno.test("resume - with a snapshot each key's current candle comes too, and no candle twice", async () => {
  const log = logOf(new ClosedLog(), 3);
  log.append(minute(0, { productId: ETH }));
  log.append(minute(3));
  log.append(minute(4));
  await withHub(log, async (hub) => {
    const subscription = { ...ONE, products: [BTC, ETH] };
    const reader = open(hub, { lastEventId: "4", subscription, snapshot: true });
    await reader.drain();
    const got = reader.candles().map(({ product_id }) => product_id);
    assert.deepEqual(got, [BTC, BTC, ETH]);
    assert.deepEqual(reader.events.at(-1)?.id, "6");
    const plain = open(hub, { lastEventId: "4", subscription });
    await plain.drain();
    assert.deepEqual(plain.candles().map(({ product_id }) => product_id), [BTC, BTC]);
  });
});

Deno.test("resume - an older id is resumed out of the history, then live, with nothing lost or twice", async () => {
  const log = logOf(new ClosedLog(), 5000);
  await withHub(log, async (hub) => {
    const reader = resume(hub, "1", true);
    const reading = reader.readUntil(({ lastEventId }) => lastEventId === "5200");
    for (let n = 5000; n < 5200; n++) {
      hub.deliver([log.append(minute(n))]);
      if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await reading;
    assert.deepEqual(idsOf(reader), Array.from({ length: 5199 }, (_, at) => at + 2));
    assert.equal(hub.stats().resumedFromHistory, 1);
  }, { ringSize: 10 });
});

Deno.test("resume - many old resumes concurrently read the history a few at a time", async () => {
  const log = logOf(new ClosedLog(), 200);
  await withHub(log, async (hub) => {
    const readers = Array.from({ length: 100 }, () => resume(hub, "1", true));
    await Promise.all(
      readers.map((reader) => reader.readUntil(({ events }) => events.length === 199)),
    );
    assert.ok(log.mostOpenReads <= 8, `${log.mostOpenReads} concurrent reads`);
  }, { ringSize: 10 });
});

Deno.test("resume - a resume reads no further ahead than its reader takes", async () => {
  const log = logOf(new ClosedLog(), 20_000);
  await withHub(log, async (hub) => {
    const reader = resume(hub, "1", true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(log.historyCalls <= 3, `${log.historyCalls} pages`);
    await reader.readUntil(({ events }) => events.length === 19_999);
    assert.equal(idsOf(reader).at(-1), 20_000);
  }, { ringSize: 10 });
});

Deno.test("resume - pages that one address does not take are few, and keep no other address waiting", async () => {
  const log = new ClosedLog();
  for (let n = 0; n < 2_000; n++) log.append(minute(n), "x".repeat(1_000));
  const resumes = new CostBudget({ ...RESUME_LIMITS, total: 3, perAddress: 2 });
  await withHub(log, async (hub) => {
    const greedy = Array.from({ length: 20 }, () => resume(hub, "1", true));
    const other = resume(hub, "1", true, "another");
    await other.readUntil(({ events }) => events.length === 1_999);
    assert.deepEqual(resumes.stats.underWay, 2);
    assert.deepEqual(resumes.stats.waiting, 18);
    await Promise.all(
      greedy.map((reader) => reader.readUntil(({ events }) => events.length === 1_999)),
    );
    assert.equal(resumes.stats.underWay, 0);
  }, { ringSize: 10, resumes });
});

Deno.test("resume - of clients that waited for the same page each is written in a separate turn of the event loop", async () => {
  const log = logOf(new ClosedLog(), 2_000);
  const turns: (() => void)[] = [];
  const turn = () => new Promise<void>((resolve) => turns.push(resolve));
  const grant = (count: number) => turns.splice(0, count).forEach((resolve) => resolve());
  await withHub(log, async (hub) => {
    const subscription = { ...ALL, closedOnly: true };
    const readers = Array.from({ length: 8 }, () => open(hub, { lastEventId: "1", subscription }));
    // One request to begin and check memory, one for the page that all of them wait for.
    for (let requests = 0; requests < 2; requests++) {
      await until("all wait for a turn", () => turns.length === readers.length);
      grant(readers.length);
    }
    await until("all wait with the page", () => turns.length === readers.length);
    const written = async () => {
      await Promise.all(readers.map((reader) => reader.readSome()));
      return readers.filter(({ events }) => events.length > 0).length;
    };
    assert.equal(await written(), 0);
    grant(1);
    await until("one is written", async () => await written() === 1);
    while (readers.some(({ events }) => events.length < 1_999)) {
      grant(turns.length);
      await written();
    }
  }, { ringSize: 10, turn });
});

Deno.test("resume - clients that resume together read the history once", async () => {
  const log = logOf(new ClosedLog(), 4_000);
  await withHub(log, async (hub) => {
    const started = log.historyCalls;
    const subscription = { ...ALL, closedOnly: true };
    const readers = Array.from(
      { length: 50 },
      (_, nth) => open(hub, { lastEventId: `${nth + 1}`, subscription }),
    );
    await Promise.all(readers.map(async (reader, nth) => {
      await reader.readUntil(({ events }) => events.length === 3_999 - nth);
      assert.deepEqual(
        idsOf(reader),
        Array.from({ length: 3_999 - nth }, (_, i) => nth + 2 + i),
      );
    }));
    // Eight blocks, and for each client perhaps what is left beyond the last of them.
    assert.ok(log.historyCalls - started <= 8 + 50, `${log.historyCalls - started} reads`);
  }, { ringSize: 10 });
});

Deno.test("resume - streams that come together begin, and continue, one at a time", async () => {
  const log = logOf(new ClosedLog(), 100);
  const waiting: (() => void)[] = [];
  const turn = () => new Promise<void>((resolve) => waiting.push(resolve));
  await withHub(log, async (hub) => {
    const readers = [resume(hub, "1", true), resume(hub, "99", true)];
    const left = resume(hub, "1", true);
    assert.equal(waiting.length, 3);
    assert.equal(hub.stats().clients, 3);
    await left.leave();
    const letAll = setInterval(() => waiting.shift()?.(), 1);
    await Promise.all(
      readers.map((reader) => reader.readUntil(() => idsOf(reader).at(-1) === 100)),
    );
    clearInterval(letAll);
    assert.equal(hub.stats().clients, 2);
  }, { ringSize: 10, turn });
});

Deno.test("resume - a history that does not answer delays a resume and loses nothing", async () => {
  const log = logOf(new ClosedLog(), 50);
  await withHub(log, async (hub) => {
    log.failures = 3;
    const reader = resume(hub, "1", true);
    await reader.readUntil(({ events }) => events.length === 49);
    assert.equal(idsOf(reader).at(-1), 50);
  }, { ringSize: 5 });
});

for (
  const [what, lastEventId, reason] of [
    ["is not a number", "abc", "unparsable"],
    ["is a forgery", 'x","reason":"none"}\n\nevent: candle', "unparsable"],
    ["is older than what is kept", "3", "expired"],
    ["is beyond the newest", "9999999", "unknown"],
  ] as const
) {
  Deno.test(`resume - an id that ${what} is answered by a reset and a snapshot`, async () => {
    const log = logOf(new ClosedLog(), 30);
    log.discardUpTo(10);
    await withHub(log, async (hub) => {
      const reader = resume(hub, lastEventId);
      await reader.readUntil(({ events }) => events.length === 2);
      const [reset, snapshot] = reader.events;
      assert.equal(reset?.event, "reset");
      assert.deepEqual(JSON.parse(reset?.data ?? ""), { last_event_id: lastEventId, reason });
      assert.deepEqual([reset?.id, snapshot?.event, snapshot?.id], [null, "candle", "30"]);
      assert.equal(hub.stats().resets[reason], 1);
    }, { ringSize: 5 });
  });
}

Deno.test("resume - a reset that no snapshot follows carries the id itself", async () => {
  const log = logOf(new ClosedLog(), 3);
  await withHub(log, async (hub) => {
    const reader = resume(hub, "abc", true);
    await reader.drain();
    assert.deepEqual(reader.events.map(({ event, id }) => [event, id]), [["reset", "3"]]);
  });
});

Deno.test("resume - the oldest id that is still good is the one before the first candle kept", async () => {
  const log = logOf(new ClosedLog(), 30);
  log.discardUpTo(10);
  await withHub(log, async (hub) => {
    const reader = resume(hub, "10");
    await reader.readUntil(({ events }) => events.length === 20);
    assert.equal(idsOf(reader)[0], 11);
  }, { ringSize: 5 });
});

Deno.test("resume - an id of an instance that is ahead waits until this one has caught up", async () => {
  const log = logOf(new ClosedLog(), 3);
  await withHub(log, async (hub) => {
    const ahead = [log.append(minute(3)), log.append(minute(4))];
    const reader = resume(hub, "4");
    await reader.readUntil(({ lastEventId }) => lastEventId === "5");
    hub.deliver(ahead);
    hub.deliver([log.append(minute(5))]);
    await reader.drain();
    assert.deepEqual(idsOf(reader), [5, 6]);
    assert.equal(hub.stats().duplicates, 2);
  });
});

Deno.test("resume - a resume on another instance continues by the same ids", async () => {
  const log = logOf(new ClosedLog(1_795_420_000_000), 10);
  let last = "";
  await withHub(log, async (hub) => {
    const reader = resume(hub, null);
    await reader.drain();
    last = reader.lastEventId;
  });
  log.append(minute(10));
  await withHub(log, async (hub) => {
    const reader = resume(hub, last);
    await reader.drain();
    assert.deepEqual(idsOf(reader), [1_795_420_000_010]);
  });
});
