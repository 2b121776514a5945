import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import {
  ALL,
  BTC,
  ETH,
  minute,
  minutesOf,
  NO_WAIT,
  ONE,
  open,
  PADDING,
  withHub,
} from "../../tests/hub_set_up.ts";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { dataOf } from "./candle_event.ts";
import { Hub } from "./hub.ts";

Deno.test("hub - a new client gets the current candle, then every change", async () => {
  const log = new ClosedLog(1_795_420_000_000);
  log.append(minute(0));
  log.live(minute(1, { isComplete: false }));
  await withHub(log, async (hub) => {
    const reader = open(hub);
    hub.deliver([log.live(minute(1, { isComplete: false, exact: true }))]);
    hub.deliver([log.append(minute(1))]);
    await reader.drain();
    assert.deepEqual(minutesOf(reader), [1, 1, 1]);
    assert.deepEqual(reader.events.map(({ id }) => id), [
      "1795420000000",
      "1795420000000",
      "1795420000001",
    ]);
    assert.equal(reader.retryMs, 2000);
  });
});

Deno.test("hub - only the last frame of a snapshot has an id, so that one cut short is sent again", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  log.append(minute(0, { productId: ETH }));
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: ALL });
    await reader.drain();
    assert.deepEqual(reader.events.map(({ id }) => id), [null, "2"]);
  });
});

Deno.test("hub - a snapshot shows the moment at which its client comes", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  await withHub(log, async (hub) => {
    const readers = [open(hub), open(hub)];
    hub.deliver([log.live(minute(1, { isComplete: false }))]);
    const later = open(hub);
    await Promise.all([...readers, later].map((reader) => reader.drain()));
    assert.deepEqual(readers.map(minutesOf), [[0, 1], [0, 1]]);
    assert.deepEqual(minutesOf(later), [1]);
  });
});

Deno.test("hub - snapshots that are not read yet hold no bytes, and are whole when read", async () => {
  const log = new ClosedLog();
  const products = Array.from({ length: 50 }, (_, n) => productId(`P${n}-USD`));
  for (const id of products) log.append(minute(0, { productId: id }), PADDING);
  await withHub(log, async (hub) => {
    const readers = Array.from({ length: 20 }, () => open(hub, { subscription: ALL }));
    const most = readers.length * 4 * PADDING.length;
    assert.ok(hub.stats().bytesSent <= most, `${hub.stats().bytesSent} bytes for nobody`);
    assert.equal(hub.stats().lagging, readers.length);
    // What comes before a snapshot was read to its end follows it, closed candles in their order.
    hub.deliver([log.append(minute(1, { productId: BTC }))]);
    hub.deliver([log.append(minute(2, { productId: BTC }))]);
    const [first, second] = readers;
    await Promise.all([first?.drain(), second?.drain()]);
    for (const reader of [first, second]) {
      assert.ok(reader);
      assert.equal(reader.events.length, products.length + 2);
      assert.deepEqual(minutesOf(reader).slice(-2), [1, 2]);
      const ids = reader.events.map(({ id }) => id);
      assert.deepEqual(ids.slice(0, products.length - 1).filter((id) => id !== null), []);
      assert.deepEqual(ids.slice(-3), ["50", "51", "52"]);
    }
  });
});

Deno.test("hub - a client of closed candles gets no snapshot and no live state, but an id immediately", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: { ...ONE, closedOnly: true } });
    hub.deliver([log.live(minute(1, { isComplete: false })), log.append(minute(1))]);
    await reader.drain();
    assert.deepEqual(minutesOf(reader), [1]);
    const quiet = open(hub, { subscription: { ...ONE, closedOnly: true } });
    await quiet.drain();
    assert.deepEqual([quiet.events, quiet.lastEventId], [[], "2"]);
  });
});

Deno.test("hub - all events of one read of the bus are one chunk, the same bytes for all clients", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const bodies = [0, 1].map(() => {
      const answer = hub.connect({ subscription: ONE, lastEventId: null, address: "a" });
      return answer.kind === "stream" ? answer.body.getReader() : null;
    });
    hub.deliver([0, 1, 2].map((n) => log.append(minute(n))));
    const last = await Promise.all(bodies.map(async (body) => {
      await body?.read();
      return (await body?.read())?.value;
    }));
    assert.equal(new TextDecoder().decode(last[0]).split("event: candle").length, 4);
    assert.equal(last[0], last[1]);
  });
});

Deno.test("hub - a live state at or before the newest closed start is never sent", async () => {
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
    assert.deepEqual(minutesOf(reader), [5, 6]);
    assert.equal(hub.stats().stale, 2);
  });
});

Deno.test("hub - a lower state of the newest closed candle is not sent; revisions of older ones are", async () => {
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

Deno.test("hub - a wildcard follows products that appear later", async () => {
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

Deno.test("hub - a message that is not a candle is counted and dropped", async () => {
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

Deno.test("hub - candles that came while the hub was starting are sent, and clients wait for them", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  log.failures = 2;
  const problems: string[] = [];
  const hub = new Hub({
    source: log,
    maxStreams: 1,
    maxStreamsPerAddress: 1,
    onProblem: (what) => problems.push(what),
    ...NO_WAIT,
  });
  const reader = open(hub);
  hub.deliver([log.append(minute(1)), log.append(minute(2))]);
  await hub.start();
  await reader.drain();
  assert.equal(minutesOf(reader).at(-1), 2);
  assert.equal(problems.length, 2);
  await hub.close();
});

Deno.test("hub - the current candle of a key can be read", async () => {
  const log = new ClosedLog();
  await withHub(log, (hub) => {
    assert.equal(hub.currentEvent("BTC-USD.ONE_MINUTE"), null);
    const message = log.append(minute(0));
    hub.deliver([message]);
    const event = hub.currentEvent("BTC-USD.ONE_MINUTE");
    assert.deepEqual(event && dataOf(event), message.bytes);
    return Promise.resolve();
  });
});

Deno.test("hub - from its position a stream brings all that closes later, and memory has all before", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  const idle = new Hub({ source: log, maxStreams: 1, maxStreamsPerAddress: 1 });
  assert.equal(idle.position, null);
  await idle.close();
  await withHub(log, async (hub) => {
    hub.deliver([log.append(minute(1)), log.append(minute(1, { productId: ETH }))]);
    const { position } = hub;
    const known = hub.recentClosed("BTC-USD.ONE_MINUTE");
    assert.deepEqual(known.map(({ start }) => start), [minute(0).start, minute(1).start]);
    assert.deepEqual(known[1]?.bytes(), log.closed[1]?.bytes);
    hub.deliver([log.append(minute(2)), log.live(minute(3, { isComplete: false }))]);
    const reader = open(hub, { lastEventId: `${position}` });
    await reader.drain();
    assert.deepEqual(minutesOf(reader), [2, 3]);
  });
});

Deno.test("hub - after a reconnect the hub sends what it missed, closed and live, and nothing older", async () => {
  const log = new ClosedLog();
  await withHub(log, async (hub) => {
    const reader = open(hub, { subscription: ALL });
    const live = { isComplete: false, productId: ETH };
    hub.deliver([log.live(minute(0, { ...live, trades: 9 }))]);
    log.live(minute(0, { ...live, trades: 8 }));
    log.append(minute(0));
    log.live(minute(1, { isComplete: false }));
    await hub.resync();
    log.live(minute(0, { ...live, trades: 10 }));
    await hub.resync();
    await reader.drain();
    assert.deepEqual(
      reader.candles().map(({ product_id, timestamp, is_complete }) => [
        product_id,
        (timestamp - minute(0).start) / 60,
        is_complete,
      ]),
      [[ETH, 0, false], [BTC, 0, true], [BTC, 1, false], [ETH, 0, false]],
    );
  });
});

Deno.test("hub - a bus that does not answer immediately after a reconnect is retried until it does", async () => {
  const log = new ClosedLog();
  const clock = new FakeClock();
  const problems: string[] = [];
  let refusals = 0;
  const current = () => {
    if (refusals-- > 0) throw new Error("no responders");
    return log.current();
  };
  await withHub(log, async (hub) => {
    const reader = open(hub);
    log.live(minute(1, { isComplete: false }));
    refusals = 3;
    const caughtUp = hub.catchUp();
    await clock.pass(60_000);
    await caughtUp;
    await reader.drain();
    assert.deepEqual(minutesOf(reader), [1]);
    assert.equal(problems.length, 3);
  }, { source: { ...log, current }, clock, onProblem: (what) => void problems.push(what) });
});

Deno.test("hub - live values that could not be read when candles were lost come once they can", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  let refusals = 0;
  const current = () => {
    if (refusals-- > 0) throw new Error("no responders");
    return log.current();
  };
  const problems: string[] = [];
  const clock = new FakeClock();
  await withHub(log, async (hub) => {
    const reader = open(hub);
    log.append(minute(1));
    log.discardUpTo(2);
    const third = log.append(minute(2));
    log.live(minute(3, { isComplete: false }));
    refusals = 1;
    hub.deliver([third]);
    await clock.pass(10_000);
    await reader.drain();
    assert.deepEqual(minutesOf(reader), [0, 0, 2, 3]);
    assert.deepEqual(problems, ["the hub could not read the current candles"]);
    assert.equal(hub.stats().resets.lost, 1);
  }, { source: { ...log, current }, clock, onProblem: (what) => void problems.push(what) });
});

Deno.test("hub - when closed candles are lost finally, every client gets a reset and a snapshot", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  await withHub(log, async (hub) => {
    const reader = open(hub);
    const closedOnly = open(hub, { subscription: { ...ONE, closedOnly: true } });
    log.append(minute(1));
    log.append(minute(2));
    log.discardUpTo(3);
    hub.deliver([log.append(minute(3))]);
    await Promise.all([
      reader.readUntil(({ lastEventId }) => lastEventId === "4"),
      closedOnly.readUntil(({ lastEventId }) => lastEventId === "4"),
    ]);
    const reset = { event: "reset", data: '{"last_event_id":"1","reason":"lost"}' };
    assert.deepEqual(reader.events.slice(1, 2), [{ ...reset, id: null }]);
    assert.deepEqual(minutesOf(reader).slice(1), [3, 3]);
    assert.deepEqual(closedOnly.events.slice(0, 1), [{ ...reset, id: "3" }]);
    assert.deepEqual(minutesOf(closedOnly), [3]);
  });
});
