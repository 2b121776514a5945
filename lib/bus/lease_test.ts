import assert from "node:assert/strict";
import { jetstream } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { publishClosed } from "../../tests/publish_closed.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { timely, until } from "../../tests/harness/wait.ts";
import { type RestartableServer, withNats } from "../../tests/servers.ts";
import { type Candle, candleKey } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { decodeCandle, encodeCandle } from "../candles/wire.ts";
import { type Bus, openBus } from "./bus.ts";
import { BusCondition } from "./bus_state.ts";
import type { ClosedPublisher } from "./closed_publisher.ts";
import { FENCE_SLOTS, keepsFences } from "./fence.ts";
import type { Lease } from "./lease.ts";
import { takeLease } from "./lease_taking.ts";
import { fenceSubject, ingestLease, leaseSubject } from "./names.ts";

// Slow: a lease is lost and taken over by the server's clock.

const SILENT = { info() {}, warn() {}, error() {} };
const NAME = ingestLease({ index: 0, count: 1 });

function opened({ url }: RestartableServer): Promise<Bus> {
  return openBus({ servers: [url], replicas: 1, log: SILENT });
}

/** The test's own connection, for what a bus never does. */
function connected({ url }: RestartableServer): Promise<NatsConnection> {
  const { username, password, host } = new URL(url);
  return connect({ servers: host, user: username, pass: password });
}

async function writeRecord(server: RestartableServer, holder: string): Promise<void> {
  const connection = await connected(server);
  await jetstream(connection).publish(leaseSubject(NAME), holder);
  await connection.close();
}

async function taken(bus: Bus, holder?: string): Promise<Lease> {
  const lease = await bus.takeLease(NAME, holder === undefined ? {} : { holder });
  assert.ok(lease !== null);
  return lease;
}

function candleAt(minute: number): Candle {
  return sampleCandle({ start: epochSeconds(1_704_567_600 + minute * 60) });
}

function bytesOf(candle: Candle): Uint8Array {
  return new TextEncoder().encode(encodeCandle(candle));
}

function publisherOf(bus: Bus, lease: Lease): ClosedPublisher {
  return bus.closedPublisher({
    lease,
    onOverflow: () => assert.fail("unexpected overflow"),
    onConflict: () => assert.fail("unexpected conflict"),
  });
}

async function storedStarts(bus: Bus): Promise<number[]> {
  const starts: number[] = [];
  for await (const { bytes } of timely("the closed candles", bus.closedAfter(0))) {
    starts.push(decodeCandle(new TextDecoder().decode(bytes))?.start ?? NaN);
  }
  return starts;
}

function lost(lease: Lease): Promise<void> {
  return new Promise((resolve) => {
    if (lease.lost.aborted) return resolve();
    lease.lost.addEventListener("abort", () => resolve(), { once: true });
  });
}

Deno.test(
  "lease - of two contenders one holds the lease; released, it is the other's",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using first = await opened(server);
    await using second = await opened(server);
    const lease = await taken(first);
    const standby = Promise.withResolvers<void>();
    const waiting = second.takeLease(NAME, { onStandby: standby.resolve });
    await standby.promise;
    assert.equal(lease.permits, true);
    await lease.release();
    assert.equal(lease.permits, false);
    const next = await waiting;
    assert.equal(next?.permits, true);
    await next?.release();
  }),
);

Deno.test(
  "lease - a lease that is no longer renewed is taken, and its holder then publishes nothing",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using first = await opened(server);
    await using second = await opened(server);
    const lease = await taken(first);
    const publisher = publisherOf(first, lease);
    publisher.enqueue(candleAt(0));
    await publisher.idle();
    // What a dead holder leaves: a record that is not renewed, under the name of no live process.
    await writeRecord(server, "a holder that died");
    const waiting = second.takeLease(NAME);
    await lost(lease);
    publisher.enqueue(candleAt(1));
    const next = await waiting;
    assert.equal(next?.permits, true);
    const heir = publisherOf(second, next ?? lease);
    heir.enqueue(candleAt(2));
    await heir.idle();
    assert.deepEqual(await storedStarts(second), [candleAt(0).start, candleAt(2).start]);
    await next?.release();
  }),
);

Deno.test(
  "lease - a holder whose machine was suspended may not publish before it has renewed",
  withNats(async ({ nats }) => {
    await using bus = await opened(await nats());
    const lease = await taken(bus);
    assert.equal(lease.permits, true);
    const now = Date.now;
    try {
      // Only the wall clock shows it.
      Date.now = () => now() + 20_000;
      assert.equal(lease.permits, false);
      assert.equal(await lease.renew(), true);
      assert.equal(lease.permits, true);
      Date.now = () => now() - 20_000;
      assert.equal(lease.permits, true, "a clock that is set back takes nothing away");
    } finally {
      Date.now = now;
    }
    await lease.release();
  }),
);

Deno.test(
  "lease - what a holder was about to publish when it was stopped is not published when it resumes",
  withNats(async ({ nats }) => {
    await using bus = await opened(await nats());
    const lease = await taken(bus);
    const key = candleKey(candleAt(0).productId, candleAt(0).granularity);
    const heard: number[] = [];
    const subscription = bus.subscribe({
      deliver: (messages) => {
        for (const { bytes } of messages) {
          heard.push(decodeCandle(new TextDecoder().decode(bytes))?.start ?? NaN);
        }
      },
    });
    await publishClosed(bus, candleAt(0));
    const renewAt = (minute: number) => {
      bus.publisherFor(lease).publishLive(key, bytesOf(candleAt(minute)));
      bus.publisherFor(lease).putCurrent(key, bytesOf(candleAt(minute)));
    };
    renewAt(1);
    await bus.publisherFor(lease).currentSettled();
    const now = Date.now;
    try {
      // Published in one go, in the middle of which the process is frozen.
      renewAt(2);
      Date.now = () => now() + 60_000;
      renewAt(3);
      await bus.publisherFor(lease).currentSettled();
    } finally {
      Date.now = now;
    }
    renewAt(4);
    await bus.publisherFor(lease).currentSettled();
    await publishClosed(bus, candleAt(5));
    await until("the last candle", () => heard.includes(candleAt(5).start));
    const wanted = [0, 1, 4, 5].map((minute) => candleAt(minute).start);
    assert.deepEqual(heard, wanted);
    assert.deepEqual((await bus.readCurrent()).map(({ start }) => start), [candleAt(4).start]);
    subscription.close();
    await lease.release();
  }),
);

Deno.test(
  "lease - the server refuses closed candles of a holder that has not noticed yet that it lost the lease",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using first = await opened(server);
    await using second = await opened(server);
    const lease = await taken(first);
    const publisher = publisherOf(first, lease);
    publisher.enqueue(candleAt(0));
    await publisher.idle();
    // The fastest possible takeover: without waiting.
    await writeRecord(server, "heir");
    const heir = await taken(second, "heir");
    // Its next renewal is still to come, so only the fence can stop it.
    assert.equal(lease.permits, true);
    for (let minute = 1; minute < 400; minute++) publisher.enqueue(candleAt(minute));
    await lost(lease);
    assert.equal(publisher.pending, 0);
    // Even if it neither renews nor checks first, each candle of a window is refused for itself.
    const connection = await connected(server);
    for (const slot of [0, 1, FENCE_SLOTS - 1]) {
      const expect = lease.expectation(slot) ?? {};
      await assert.rejects(
        jetstream(connection).publish("closed-candles.BTC-USD.ONE_MINUTE", "late", { expect }),
        /wrong last sequence/,
      );
    }
    await connection.close();
    assert.deepEqual(await storedStarts(second), [candleAt(0).start]);
    const next = publisherOf(second, heir);
    for (let minute = 1; minute < 400; minute++) next.enqueue(candleAt(minute));
    await next.idle();
    const all = Array.from({ length: 400 }, (_, minute) => candleAt(minute).start);
    assert.deepEqual(await storedStarts(second), all);
    await heir.release();
  }),
);

Deno.test(
  "lease - a holder whose fences and record the server has lost raises them again and continues, in order",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const lease = await taken(bus);
    const publisher = publisherOf(bus, lease);
    publisher.enqueue(candleAt(0));
    await publisher.idle();
    const connection = await connected(server);
    const { streams } = await jetstream(connection).jetstreamManager();
    await streams.purge("CLOSED_CANDLES", { filter: fenceSubject(NAME, "*") });
    await streams.purge("KV_leases");
    await connection.close();
    assert.equal(await lease.renew(), true);
    for (let minute = 1; minute < 400; minute++) publisher.enqueue(candleAt(minute));
    await publisher.idle();
    const all = Array.from({ length: 400 }, (_, minute) => candleAt(minute).start);
    assert.deepEqual(await storedStarts(bus), all);
    assert.equal(lease.permits, true);
    await lease.release();
  }),
);

Deno.test(
  "lease - a server that is down for longer than every timeout costs no holder its lease",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using first = await opened(server);
    await using second = await opened(server);
    const lease = await taken(first);
    const giveUp = new AbortController();
    const standby = Promise.withResolvers<void>();
    const waiting = second.takeLease(NAME, { onStandby: standby.resolve, signal: giveUp.signal });
    await standby.promise;
    await server.kill();
    await until("a lease that permits nothing", () => !lease.permits);
    await server.restart();
    await until("a lease that permits again", () => lease.permits);
    giveUp.abort();
    assert.equal(await waiting, null);
    assert.equal(lease.lost.aborted, false);
    await lease.release();
  }),
);

Deno.test(
  "lease - a process that died gets its lease back immediately when it is started again under its name",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    await writeRecord(server, "itself");
    const lease = await bus.takeLease(NAME, {
      holder: "itself",
      onStandby: () => assert.fail("it stands by"),
    });
    assert.equal(lease?.permits, true);
    // A renewal whose acknowledgement was lost leaves such a record too.
    await writeRecord(server, "itself");
    assert.equal(await lease?.renew(), true);
    await lease?.release();
  }),
);

Deno.test(
  "lease - a shard that changes hands again and again leaves no more than one set of fences",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    for (let times = 0; times < 4; times++) await (await taken(bus)).release();
    const connection = await connected(server);
    const { streams } = await jetstream(connection).jetstreamManager();
    const { state } = await streams.info("CLOSED_CANDLES");
    assert.equal(state.messages, FENCE_SLOTS);
    await connection.close();
  }),
);

Deno.test(
  "lease - on a server that keeps no fences the lease alone decides",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const connection = await connected(server);
    const client = jetstream(connection);
    const condition = new BusCondition();
    condition.connection("up");
    const lease = await takeLease(NAME, {
      client,
      manager: await client.jetstreamManager(),
      condition,
      serverVersion: () => "2.10.27",
      repairLayout: () => Promise.resolve(),
    }, {});
    assert.equal(lease?.permits, true);
    assert.deepEqual([lease?.isFenced, lease?.expectation(0)], [false, null]);
    const publisher = publisherOf(bus, lease ?? await taken(bus));
    publisher.enqueue(candleAt(0));
    await publisher.idle();
    assert.deepEqual(await storedStarts(bus), [candleAt(0).start]);
    await lease?.release();
    await connection.close();
  }),
);

Deno.test("lease - servers before 2.12 keep no fences", () => {
  for (const version of ["2.12.0", "2.15.1", "3.0.0", "2.12.0-RC.1"]) {
    assert.equal(keepsFences(version), true, version);
  }
  for (const version of ["2.11.9", "2.10.27", "1.4.1", "", undefined]) {
    assert.equal(keepsFences(version), false, version);
  }
});
