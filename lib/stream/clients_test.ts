import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import {
  ALL,
  BTC,
  ETH,
  minute,
  minutesOf,
  ONE,
  open,
  PADDING,
  withHub,
} from "../../tests/hub_set_up.ts";
import { SseReader } from "../../tests/sse_reader.ts";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { Client } from "./client.ts";
import { Group } from "./group.ts";

Deno.test("stream clients - limits refuse in all and per address, and a client that leaves makes room", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const refusal = (address: string) => {
      const answer = hub.connect({ subscription: ONE, lastEventId: null, address });
      return answer.kind === "refused" ? answer.reason : new SseReader(answer.body);
    };
    const first = open(hub, { address: "a" });
    open(hub, { address: "a" });
    assert.equal(refusal("a"), "streams_per_address");
    open(hub, { address: "b" });
    assert.equal(refusal("c"), "streams");
    await first.leave();
    assert.ok(refusal("c") instanceof SseReader);
    assert.equal(hub.stats().clients, 3);
  }, { maxStreams: 3, maxStreamsPerAddress: 2 });
});

Deno.test("stream clients - lists that together name too many keys are refused", async () => {
  await withHub(new ClosedLog(), (hub) => {
    const products = Array.from({ length: 500_001 }, (_, at) => productId(`P${at}-USD`));
    const granularities = ["ONE_MINUTE", "ONE_HOUR"] as const;
    const subscription = { products, granularities, closedOnly: false };
    const answer = hub.connect({ subscription, lastEventId: null, address: "a" });
    assert.deepEqual(answer, { kind: "refused", reason: "keys", retryAfterSeconds: 10 });
    return Promise.resolve();
  });
});

Deno.test("stream clients - when clients leave, nothing of them stays", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const readers = [ONE, ALL, { ...ALL, closedOnly: true }].map((subscription) =>
      open(hub, { subscription })
    );
    assert.equal(hub.stats().groups, 3);
    for (const reader of readers) await reader.leave();
    const { clients, groups, left } = hub.stats();
    assert.deepEqual([clients, groups, left], [0, 0, 3]);
    hub.deliver([log.append(minute(0))]);
    assert.equal(hub.stats().framesSent, 0);
  });
});

Deno.test("clients - one of several equal clients leaves and the others continue", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const readers = [0, 1, 2].map(() => open(hub));
    await readers[0]?.leave();
    hub.deliver([log.append(minute(0)), log.append(minute(1))]);
    assert.equal(hub.stats().framesSent, 4);
    await Promise.all(readers.slice(1).map((reader) => reader.drain()));
    assert.deepEqual(readers.map(minutesOf), [[], [0, 1], [0, 1]]);
  });
});

Deno.test("clients - a closing hub sends each a time to reconnect, and then cuts it off", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const readers = Array.from({ length: 20 }, () => open(hub));
    await Promise.all(readers.map((reader) => reader.drain()));
    void hub.close();
    assert.equal(hub.stats().clients, 0);
    for (const reader of readers) await assert.rejects(reader.readUntil(() => false), /closing/);
    assert.ok(readers.every(({ ended }) => !ended));
    assert.ok(new Set(readers.map(({ retryMs }) => retryMs)).size > 10);
    const answer = hub.connect({ subscription: ONE, lastEventId: null, address: "a" });
    assert.equal(answer.kind === "refused" && answer.reason, "closing");
  });
});

Deno.test("clients - an idle one gets a comment line, a busy one none", async () => {
  const log = new ClosedLog();
  const clock = new FakeClock();
  await withHub(log, async (hub) => {
    const idle = open(hub, { subscription: { ...ONE, products: [ETH] } });
    const busy = open(hub);
    for (let second = 0; second < 31; second++) {
      hub.deliver([log.live(minute(second, { isComplete: false }))]);
      await clock.pass(1000);
      await Promise.all([idle.drain(), busy.drain()]);
    }
    assert.equal(idle.comments, 2);
    assert.equal(busy.comments, 0);
  }, { clock });
});

Deno.test("clients - a body that is never read is cut off in the end", async () => {
  const clock = new FakeClock();
  await withHub(new ClosedLog(), async (hub) => {
    hub.connect({ subscription: ONE, lastEventId: null, address: "a" });
    const reader = open(hub);
    for (let second = 0; second < 125; second++) {
      await clock.pass(1000);
      await reader.drain();
      if (second === 100) assert.equal(hub.stats().clients, 2);
    }
    assert.equal(hub.stats().clients, 1);
    assert.equal(hub.stats().dropped.stuck, 1);
    assert.equal(reader.ended, false);
  }, { clock });
});

Deno.test("stream clients - a client that lags gets the newest live value per key and every closed candle", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const reader = open(hub);
    for (let n = 0; n < 50; n++) {
      for (const revision of [0, 1, 2]) {
        hub.deliver([log.live(minute(n, { isComplete: false, revision }), PADDING)]);
      }
      hub.deliver([log.append(minute(n), PADDING)]);
    }
    hub.deliver([log.live(minute(50, { isComplete: false }))]);
    assert.equal(hub.stats().lagging, 1);
    await reader.drain();
    const closed = reader.candles().filter((candle) => candle.is_complete);
    assert.equal(closed.length, 50);
    assert.ok(reader.events.length < 60);
    assert.equal(minutesOf(reader).at(-1), 50);
    assert.deepEqual([hub.stats().lagging, hub.stats().coalesced > 100], [0, true]);
  });
});

Deno.test("stream clients - a client with too many closed candles waiting is cut off; its resume loses nothing", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const closed = { ...ONE, closedOnly: true };
    const reader = open(hub, { subscription: closed });
    await reader.drain();
    const deliver = (from: number, to: number) => {
      for (let n = from; n < to; n++) hub.deliver([log.append(minute(n), n < 4 ? PADDING : "")]);
    };
    // One is read, three fill its queue, a thousand may wait.
    deliver(0, 1004);
    assert.deepEqual([hub.stats().clients, hub.stats().lagging], [1, 1]);
    deliver(1004, 1005);
    assert.deepEqual([hub.stats().clients, hub.stats().dropped.lag], [0, 1]);
    await assert.rejects(reader.readUntil(() => false), /lag/);
    const again = open(hub, { subscription: closed, lastEventId: reader.lastEventId });
    await again.readUntil(({ lastEventId }) => lastEventId === "1005");
    const got = [...minutesOf(reader), ...minutesOf(again)];
    assert.deepEqual(got, Array.from({ length: 1005 }, (_, n) => n));
  });
});

Deno.test("clients - what waits for a reader goes out before the cut, for half a second at most", async () => {
  const clock = new FakeClock();
  const times = { clock, takingMs: 500, flushMs: 100 };
  await withHub(new ClosedLog(), async (hub) => {
    const prompt = open(hub);
    const idle = open(hub);
    let isOver = false;
    void hub.close().then(() => isOver = true);
    await clock.pass(480);
    assert.equal(isOver, false);
    await prompt.drain();
    await clock.pass(20);
    assert.notEqual(prompt.retryMs, null);
    await clock.pass(100);
    assert.equal(isOver, true);
    for (const reader of [prompt, idle]) {
      await assert.rejects(reader.readUntil(() => false), /closing/);
    }
    assert.equal(idle.retryMs, null, "a client that does not read is not waited for");
    assert.deepEqual([hub.stats().left, hub.stats().dropped.closing, clock.timers], [0, 2, 0]);
  }, times);
});

Deno.test("clients - when all have read what they were sent, the cut comes as soon as it is written", async () => {
  const clock = new FakeClock();
  await withHub(new ClosedLog(), async (hub) => {
    const readers = [open(hub), open(hub), open(hub)];
    let isOver = false;
    void hub.close().then(() => isOver = true);
    for (const reader of readers) await reader.drain();
    await readers[1]?.leave();
    await clock.pass(20);
    await clock.pass(100);
    assert.equal(isOver, true);
    assert.equal(hub.stats().left, 0, "one that leaves then is counted once");
  }, { clock, takingMs: 500, flushMs: 100 });
});

for (const how of ["leaves", "is cut off", "is ended"] as const) {
  Deno.test(`clients - a wait for a client's room ends when it ${how}`, async () => {
    const group = new Group("one", ONE, []);
    const owner = { position: 0, left: () => {}, sent: () => {} };
    const client = new Client(owner, group, "a");
    client.write(new Uint8Array(100_000));
    let waits = true;
    const waiting = client.hasRoom().then(() => {
      waits = false;
    });
    await Promise.resolve();
    assert.ok(waits);
    if (how === "leaves") await client.body.cancel();
    else if (how === "is cut off") client.drop("lag");
    else client.end(new Uint8Array(1));
    await waiting;
    assert.equal(client.isOpen, false);
  });
}

Deno.test("stream clients - a client of many keys may have twice as many closed candles waiting", async () => {
  const log = new ClosedLog();
  const products = Array.from({ length: 600 }, (_, at) => productId(`P${at}-USD`));
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: { ...ONE, products, closedOnly: true } });
    for (let n = 0; n < 1203; n++) {
      const productId = products[n % 600] ?? BTC;
      hub.deliver([log.append(minute(n, { productId }), n < 3 ? PADDING : "")]);
    }
    assert.deepEqual([hub.stats().clients, hub.stats().lagging], [1, 1]);
    await reader.readUntil(({ events }) => events.length === 1203);
  });
});
