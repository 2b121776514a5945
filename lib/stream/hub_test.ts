import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { SseReader } from "../../tests/sse_reader.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { Hub } from "./hub.ts";
import type { HubOptions, StreamRequest } from "./hub_options.ts";
import type { Subscription } from "./subscription.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const MINUTE = 1_704_585_600;
const ONE: Subscription = { products: [BTC], granularities: ["ONE_MINUTE"], closedOnly: false };
const ALL: Subscription = { products: "*", granularities: ["ONE_MINUTE"], closedOnly: false };
const PADDING = "x".repeat(30_000);

/** The nth minute's candle. */
function minute(n: number, other: Parameters<typeof sampleCandle>[0] = {}) {
  return sampleCandle({ start: epochSeconds(MINUTE + 60 * n), ...other });
}

async function withHub(
  log: ClosedLog,
  use: (hub: Hub) => Promise<void>,
  options: Partial<HubOptions> = {},
): Promise<void> {
  const { bounds, history, current } = log;
  const hub = new Hub({
    bounds,
    history,
    current,
    maxStreams: 100,
    maxStreamsPerAddress: 100,
    ...options,
  });
  try {
    await hub.start();
    await use(hub);
  } finally {
    hub.close();
  }
}

function open(hub: Hub, wish: Partial<StreamRequest> = {}): SseReader {
  const answer = hub.connect({ subscription: ONE, lastEventId: null, address: "a", ...wish });
  if (answer.kind !== "stream") throw new Error(answer.reason);
  return new SseReader(answer.body);
}

function starts(reader: SseReader): number[] {
  return reader.candles().map(({ timestamp }) => (timestamp - MINUTE) / 60);
}

Deno.test("a new client gets the current candle, then every change", async () => {
  const log = new ClosedLog(1_795_420_000_000);
  log.append(minute(0));
  log.live(minute(1, { isComplete: false }));
  await withHub(log, async (hub) => {
    const reader = open(hub);
    hub.deliver([log.live(minute(1, { isComplete: false, exact: true }))]);
    hub.deliver([log.append(minute(1))]);
    await reader.drain();
    assert.deepEqual(starts(reader), [1, 1, 1]);
    assert.deepEqual(reader.events.map(({ id }) => id), [
      "1795420000000",
      "1795420000000",
      "1795420000001",
    ]);
    assert.equal(reader.retryMs, 2000);
  });
});

Deno.test("only the last frame of a snapshot has an id, so that one cut short is sent again", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  log.append(minute(0, { productId: ETH }));
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: ALL });
    await reader.drain();
    assert.deepEqual(reader.events.map(({ id }) => id), [null, "2"]);
  });
});

Deno.test("a client of closed candles gets no snapshot and no live state, but an id at once", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: { ...ONE, closedOnly: true } });
    hub.deliver([log.live(minute(1, { isComplete: false })), log.append(minute(1))]);
    await reader.drain();
    assert.deepEqual(starts(reader), [1]);
    const quiet = open(hub, { subscription: { ...ONE, closedOnly: true } });
    await quiet.drain();
    assert.deepEqual([quiet.events, quiet.lastEventId], [[], "2"]);
  });
});

Deno.test("all events of one bus read are one chunk, the same bytes for all who want them", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const bodies = [0, 1].map(() => {
      const answer = hub.connect({ subscription: ONE, lastEventId: null, address: "a" });
      return answer.kind === "stream" ? answer.body.getReader() : null;
    });
    hub.deliver([0, 1, 2].map((n) => log.append(minute(n))));
    const last = await Promise.all(bodies.map(async (body) => {
      await body?.read();
      await body?.read();
      return (await body?.read())?.value;
    }));
    assert.equal(new TextDecoder().decode(last[0]).split("event: candle").length, 4);
    assert.equal(last[0], last[1]);
  });
});

Deno.test("a live state at or before the newest closed start is never sent", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const reader = open(hub);
    hub.deliver([log.append(minute(5))]);
    hub.deliver([
      log.live(minute(5, { isComplete: false })),
      log.live(minute(4, { isComplete: false })),
    ]);
    hub.deliver([log.live(minute(6, { isComplete: false }))]);
    await reader.drain();
    assert.deepEqual(starts(reader), [5, 6]);
    assert.equal(hub.stats().stale, 2);
  });
});

Deno.test("a lower state of the newest closed candle is not sent; revisions of older ones are", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const reader = open(hub);
    hub.deliver([
      log.append(minute(0, { revision: 1 })),
      log.append(minute(0, { exact: false, revision: 2 })),
    ]);
    hub.deliver([log.append(minute(1)), log.append(minute(0, { revision: 3 }))]);
    await reader.drain();
    assert.deepEqual(reader.events.map(({ id }) => id), ["1", "3", "4"]);
  });
});

Deno.test("a wildcard follows products that appear later", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: ALL });
    const newcomer = productId("NEW-USD");
    hub.deliver([log.append(minute(0, { productId: newcomer }))]);
    hub.deliver([log.append(minute(0, { productId: newcomer, granularity: "ONE_HOUR" }))]);
    await reader.drain();
    assert.deepEqual(reader.candles().map(({ product_id }) => product_id), [newcomer]);
  });
});

Deno.test("what is no candle is counted and dropped", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const reader = open(hub);
    const forged = '{"timestamp":1,"is_complete":false,"exact":false,"revision":0}\n\nevent: reset';
    for (const text of ["", "{}", "[1]", forged]) {
      const bytes = new TextEncoder().encode(text);
      hub.deliver([{ key: "BTC-USD.ONE_MINUTE", bytes, sequence: null }]);
    }
    const { bytes } = minuteMessage(log);
    hub.deliver([{ key: "../x.ONE_MINUTE", bytes, sequence: null }]);
    await reader.drain();
    assert.deepEqual(reader.events, []);
    assert.equal(hub.stats().malformed, 5);
  });
});

function minuteMessage(log: ClosedLog) {
  return log.live(minute(0, { isComplete: false }));
}

Deno.test("what came while the hub was starting is sent, and clients who came wait for it", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  log.failures = 2;
  const { bounds, history, current } = log;
  const problems: string[] = [];
  const hub = new Hub({
    bounds,
    history,
    current,
    maxStreams: 1,
    maxStreamsPerAddress: 1,
    onProblem: (what) => problems.push(what),
  });
  const reader = open(hub);
  hub.deliver([log.append(minute(1)), log.append(minute(2))]);
  await hub.start();
  await reader.drain();
  assert.equal(starts(reader).at(-1), 2);
  assert.equal(problems.length, 2);
  hub.close();
});

Deno.test("limits refuse in all and per address, and a client that leaves makes room", async () => {
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

Deno.test("lists that together name too many keys are refused", async () => {
  await withHub(new ClosedLog(), (hub) => {
    const products = Array.from({ length: 500_001 }, (_, at) => productId(`P${at}-USD`));
    const granularities = ["ONE_MINUTE", "ONE_HOUR"] as const;
    const subscription = { products, granularities, closedOnly: false };
    const answer = hub.connect({ subscription, lastEventId: null, address: "a" });
    assert.deepEqual(answer, { kind: "refused", reason: "keys", retryAfterSeconds: 10 });
    return Promise.resolve();
  });
});

Deno.test("when clients leave, nothing of them stays", async () => {
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

Deno.test("a closing hub tells each client when to come back and ends its stream cleanly", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const readers = Array.from({ length: 20 }, () => open(hub));
    await Promise.all(readers.map((reader) => reader.drain()));
    hub.close();
    await Promise.all(readers.map((reader) => reader.readUntil(() => false)));
    assert.ok(readers.every(({ ended }) => ended));
    assert.ok(new Set(readers.map(({ retryMs }) => retryMs)).size > 10);
    const answer = hub.connect({ subscription: ONE, lastEventId: null, address: "a" });
    assert.equal(answer.kind === "refused" && answer.reason, "closing");
  });
});

Deno.test("an idle client gets a comment line, a busy one none", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const idle = open(hub, { subscription: { ...ONE, products: [ETH] } });
    const busy = open(hub);
    for (let n = 0; n < 30; n++) {
      hub.deliver([log.live(minute(n, { isComplete: false }))]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all([idle.drain(), busy.drain()]);
    assert.ok(idle.comments >= 1);
    assert.equal(busy.comments, 0);
  }, { heartbeatMs: 150 });
});

Deno.test("a body that nobody reads is given up in the end", async () => {
  await withHub(new ClosedLog(), async (hub) => {
    hub.connect({ subscription: ONE, lastEventId: null, address: "a" });
    const reader = open(hub);
    while (hub.stats().clients > 1) await reader.readSome();
    assert.equal(hub.stats().dropped.stuck, 1);
    await reader.drain();
    assert.equal(reader.ended, false);
  }, { heartbeatMs: 30 });
});

Deno.test("a client that lags gets the newest live value per key and every closed candle", async () => {
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
    assert.equal(starts(reader).at(-1), 50);
    assert.deepEqual([hub.stats().lagging, hub.stats().coalesced > 100], [0, true]);
  });
});

Deno.test("a client with too many closed candles waiting is cut off; its resume loses nothing", async () => {
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
    const got = [...starts(reader), ...starts(again)];
    assert.deepEqual(got, Array.from({ length: 1005 }, (_, n) => n));
  });
});

Deno.test("a client of many keys may have twice as many closed candles waiting", async () => {
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
