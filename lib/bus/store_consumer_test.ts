import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { timely, until } from "../../tests/harness/wait.ts";
import { type RestartableServer, withNats } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { encodeCandle } from "../candles/wire.ts";
import { type Bus, openBus } from "./bus.ts";
import type { ClosedBatch } from "../candles/closed_batch.ts";

const SILENT = { info() {}, warn() {}, error() {} };

function opened({ url }: RestartableServer): Promise<Bus> {
  return openBus({ servers: [url], replicas: 1, log: SILENT });
}

async function managerOf({ url }: RestartableServer) {
  const { username, password, host } = new URL(url);
  const connection = await connect({ servers: host, user: username, pass: password });
  return { connection, manager: await jetstreamManager(connection) };
}

/** Publishes this many closed candles; returns the first one's sequence. */
async function publish(bus: Bus, count: number, from = 0): Promise<number> {
  const sequences: number[] = [];
  const publisher = bus.closedPublisher({
    onAck: ({ sequence }) => sequences.push(sequence),
    onOverflow() {},
    onConflict() {},
  });
  for (let i = 0; i < count; i++) {
    publisher.enqueue(sampleCandle({ start: epochSeconds(1_704_567_600 + (from + i) * 60) }));
  }
  await publisher.idle();
  return sequences[0] ?? NaN;
}

async function nextOf(batches: AsyncGenerator<ClosedBatch>): Promise<ClosedBatch> {
  const { value, done } = await batches.next();
  if (done) assert.fail("no batch");
  return value;
}

Deno.test(
  "store consumer - a backlog comes in full batches, a trickle after the wait, and acknowledging moves the lag",
  withNats(async ({ nats }) => {
    await using bus = await opened(await nats());
    const first = await publish(bus, 2_000);
    assert.deepEqual(await bus.storeLag(), { pending: 2_000, ackFloor: first - 1 });
    // Longer than the test may take: a full batch does not wait.
    const full = bus.consumeClosed({ maxBatch: 1_000, maxWaitMs: 3_600_000 });
    for (let i = 0; i < 2; i++) {
      const batch = await nextOf(full);
      assert.equal(batch.messages.length, 1_000);
      assert.equal(batch.messages[0]?.sequence, first + i * 1_000);
      assert.equal(batch.messages[0]?.subject, "closed-candles.BTC-USD.ONE_MINUTE");
      await batch.ack();
    }
    // The server processes acknowledgements some time later.
    const { ackFloor } = await until("all to be acknowledged", async () => {
      const lag = await bus.storeLag();
      return lag.pending === 0 ? lag : null;
    });
    assert.equal(ackFloor, first + 1_999);
    await full.return(undefined);
    const trickle = bus.consumeClosed({ maxBatch: 1_000, maxWaitMs: 50 });
    await publish(bus, 3, 2_000);
    for (let came = 0; came < 3;) {
      const batch = await nextOf(trickle);
      came += batch.messages.length;
      await batch.ack();
    }
    await trickle.return(undefined);
  }),
);

Deno.test(
  "store consumer - what was not acknowledged comes again in the next process, what was ended does not",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const first = await publish(bus, 10);
    const batches = bus.consumeClosed({ maxBatch: 4, maxWaitMs: 2_000 });
    await (await nextOf(batches)).ack();
    const batch = await nextOf(batches);
    assert.equal(batch.messages[0]?.sequence, first + 4);
    batch.term(first + 4);
    const { connection, manager } = await managerOf(server);
    await until("all to be delivered", async () => {
      const { num_pending } = await manager.consumers.info("CLOSED_CANDLES", "store");
      return num_pending === 0;
    });
    await connection.close();
    // An answer on the same connection comes after what was sent before: none is on its way now.
    await bus.storeLag();
    // Leaving gives the other five back to the server.
    await batches.return(undefined);
    await using second = await opened(server);
    const again = second.consumeClosed({ maxBatch: 10, maxWaitMs: 50 });
    const rest: number[] = [];
    for await (const each of timely("what was not acknowledged", again)) {
      rest.push(...each.messages.map(({ sequence }) => sequence - first));
      await each.ack();
      if (rest.length >= 5) break;
    }
    assert.deepEqual(rest.sort(), [5, 6, 7, 8, 9]);
    await until("all to be acknowledged", async () => (await second.storeLag()).pending === 0);
  }),
);

Deno.test(
  "store consumer - batches continue after the server was killed, and nothing is left out",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const first = await publish(bus, 1_000);
    const seen = new Set<number>();
    const stop = new AbortController();
    let kills = 0;
    const batches = bus.consumeClosed({ maxBatch: 100, maxWaitMs: 50, signal: stop.signal });
    for await (const batch of timely("the next batch", batches)) {
      for (const { sequence } of batch.messages) seen.add(sequence - first);
      if (seen.size >= 300 && kills === 0) {
        kills++;
        await server.kill();
        await server.restart();
      }
      await batch.ack();
      if (seen.size === 1_000) stop.abort();
    }
    assert.equal(kills, 1);
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      Array.from({ length: 1_000 }, (_, i) => i),
    );
  }),
);

Deno.test(
  "store consumer - a caller that is slow holds a few batches, not the stream",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    await publish(bus, 5_000);
    const batches = bus.consumeClosed({ maxBatch: 100, maxWaitMs: 50 });
    await nextOf(batches);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { username, password, host } = new URL(server.url);
    const connection = await connect({ servers: host, user: username, pass: password });
    const manager = await jetstreamManager(connection);
    const { num_ack_pending } = await manager.consumers.info("CLOSED_CANDLES", "store");
    assert.ok(num_ack_pending >= 100 && num_ack_pending <= 500, `${num_ack_pending} delivered`);
    await connection.close();
    await batches.return(undefined);
  }),
);

Deno.test(
  "store consumer - one that is deleted is created again, and nothing published in between is left out",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const { connection, manager } = await managerOf(server);
    const stop = new AbortController();
    const starts = new Set<number>();
    const reading = (async () => {
      const how = { maxBatch: 100, maxWaitMs: 10, signal: stop.signal };
      for await (const batch of bus.consumeClosed(how)) {
        for (const { bytes } of batch.messages) {
          starts.add(JSON.parse(new TextDecoder().decode(bytes)).timestamp);
        }
        await batch.ack();
      }
    })();
    await publish(bus, 5);
    await until("the first ones", () => starts.size === 5);
    await manager.consumers.delete("CLOSED_CANDLES", "store");
    await publish(bus, 5, 5);
    await until("those after the deletion", () => starts.size === 10);
    // The whole stream; the new one's sequences are higher, so that no acknowledgement fits a
    // message of it.
    await manager.streams.delete("CLOSED_CANDLES");
    await publish(bus, 5, 10);
    await until("those of the new stream", () => starts.size === 15);
    stop.abort();
    await reading;
    await connection.close();
  }),
);

Deno.test(
  "layout - a bucket that is deleted while everything runs is created again without a reconnect",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const { connection, manager } = await managerOf(server);
    await manager.streams.delete("KV_live-candles");
    await manager.streams.delete("KV_leases");
    await until("both buckets", async () => {
      const names: string[] = [];
      for await (const { config } of manager.streams.list()) names.push(config.name);
      return names.includes("KV_live-candles") && names.includes("KV_leases");
    });
    bus.publisherFor().putCurrent(
      "BTC-USD.ONE_MINUTE",
      new TextEncoder().encode(encodeCandle(sampleCandle())),
    );
    await bus.publisherFor().currentSettled();
    assert.equal((await bus.readCurrent()).length, 1);
    await until("the bus to be up", () => bus.state().state === "up");
    await connection.close();
  }),
);

Deno.test(
  "store consumer - one that is deleted while a batch is being stored ends nothing",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const { connection, manager } = await managerOf(server);
    await publish(bus, 5);
    const batches = bus.consumeClosed({ maxBatch: 5, maxWaitMs: 10 });
    assert.equal((await nextOf(batches)).messages.length, 5);
    await manager.consumers.delete("CLOSED_CANDLES", "store");
    // While the database is slow, the server reports that the consumer is gone.
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await nextOf(batches)).messages.length, 5);
    await batches.return(undefined);
    await connection.close();
  }),
);
