import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { type RestartableServer, withNats } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { decodeCandle, encodeCandle } from "../candles/wire.ts";
import { type Bus, openBus } from "./bus.ts";
import type { ClosedAck } from "./closed_publisher_options.ts";
import { timely, until, within } from "../../tests/harness/wait.ts";

const SILENT = { info() {}, warn() {}, error() {} };

function opened({ url }: RestartableServer): Promise<Bus> {
  return openBus({ servers: [url], replicas: 1, log: SILENT });
}

/** The `i`-th of many candles, spread over fifty products. */
function candleAt(i: number): Candle {
  return sampleCandle({
    productId: productId(`P${i % 50}-USD`),
    start: epochSeconds(1_704_567_600 + i * 60),
  });
}

async function storedStarts(bus: Bus): Promise<number[]> {
  const starts: number[] = [];
  for await (const { bytes } of timely("the closed candles", bus.closedAfter(0))) {
    starts.push(decodeCandle(new TextDecoder().decode(bytes))?.start ?? NaN);
  }
  return starts;
}

function unexpected(what: string) {
  return () => assert.fail(`unexpected ${what}`);
}

Deno.test(
  "closed publisher - closed candles keep their order, each once, over a server that is killed again and again",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const acks: ClosedAck[] = [];
    const publisher = bus.closedPublisher({
      onAck: (ack) => acks.push(ack),
      onOverflow: unexpected("overflow"),
      onConflict: unexpected("conflict"),
    });
    const total = 30_000;
    for (let i = 0; i < total; i++) publisher.enqueue(candleAt(i));
    for (const left of [0.8, 0.5, 0.2]) {
      await until(`${left} of the queue`, () => publisher.pending <= total * left, { everyMs: 1 });
      await server.kill();
      await server.restart();
    }
    await publisher.idle();
    const expected = Array.from({ length: total }, (_, i) => candleAt(i).start);
    assert.deepEqual(await storedStarts(bus), expected);
    assert.deepEqual(acks.map(({ candle }) => candle.start), expected);
    const sequences = acks.map(({ sequence }) => sequence);
    assert.ok(
      sequences.every((sequence, i) => i === 0 || sequence === (sequences[i - 1] ?? 0) + 1),
    );
  }),
);

Deno.test(
  "closed publisher - what JetStream kept before an outage is not published again when it has forgotten the message ids",
  withNats(async ({ nats }) => {
    const server = await nats();
    const { username, password, host } = new URL(server.url);
    await using bus = await opened(server);
    const connection = await connect({ servers: host, user: username, pass: password });
    const manager = await jetstreamManager(connection);
    // The shortest that JetStream allows, and shorter than the client's way back.
    await manager.streams.update("CLOSED_CANDLES", { duplicate_window: 100e6 });
    const acks: ClosedAck[] = [];
    const publisher = bus.closedPublisher({
      forgottenAfterMs: 50,
      onAck: (ack) => acks.push(ack),
      onOverflow: unexpected("overflow"),
      onConflict: unexpected("conflict"),
    });
    const total = 20_000;
    for (let i = 0; i < total; i++) publisher.enqueue(candleAt(i));
    for (const left of [0.8, 0.5, 0.2]) {
      await until(`${left} of the queue`, () => publisher.pending <= total * left, { everyMs: 1 });
      await server.kill();
      await server.restart();
    }
    await publisher.idle();
    const expected = Array.from({ length: total }, (_, i) => candleAt(i).start);
    assert.deepEqual(await storedStarts(bus), expected);
    assert.deepEqual(acks.map(({ candle }) => candle.start), expected);
    await connection.close();
  }),
);

Deno.test(
  "closed publisher - a candle published before with the same content is acknowledged as a duplicate, with other content reported",
  withNats(async ({ nats }) => {
    await using bus = await opened(await nats());
    const acks: ClosedAck[] = [];
    const conflicts: [string, string][] = [];
    const publisher = bus.closedPublisher({
      onAck: (ack) => acks.push(ack),
      onOverflow: unexpected("overflow"),
      onConflict: (candle, stored) =>
        conflicts.push([encodeCandle(candle), new TextDecoder().decode(stored)]),
    });
    const before = sampleCandle();
    const after = sampleCandle({ close: decimal("1") });
    publisher.enqueue(before);
    publisher.enqueue(before);
    publisher.enqueue(after);
    publisher.enqueue(sampleCandle({ close: decimal("1"), revision: 1 }));
    await publisher.idle();
    assert.deepEqual(acks.map(({ candle, duplicate }) => [candle.revision, duplicate]), [
      [0, false],
      [0, true],
      [1, false],
    ]);
    assert.equal(acks[1]?.sequence, acks[0]?.sequence);
    assert.deepEqual(conflicts, [[encodeCandle(after), encodeCandle(before)]]);
  }),
);

Deno.test(
  "closed publisher - a full queue refuses the newest candles and keeps the older ones",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    await server.kill();
    const refused: number[] = [];
    const publisher = bus.closedPublisher({
      capacity: 10,
      onOverflow: ({ start }) => refused.push(start),
      onConflict: unexpected("conflict"),
    });
    for (let i = 0; i < 13; i++) publisher.enqueue(candleAt(i));
    assert.deepEqual(refused, [10, 11, 12].map((i) => candleAt(i).start));
    assert.equal(publisher.pending, 10);
    await server.restart();
    await publisher.idle();
    assert.deepEqual(
      await storedStarts(bus),
      Array.from({ length: 10 }, (_, i) => candleAt(i).start),
    );
  }),
);

Deno.test(
  "closed publisher - closing a publisher while the server is down does not wait for it, and returns how many are left",
  withNats(async ({ nats }) => {
    const server = await nats();
    const bus = await opened(server);
    await server.kill();
    const publisher = bus.closedPublisher({
      onOverflow: () => {},
      onConflict: unexpected("conflict"),
    });
    publisher.enqueue(candleAt(0));
    // The server never comes back.
    assert.equal(await within("the publisher to close", publisher.close(100)), 1);
    await within("the bus to close", bus.close());
    assert.equal(bus.state().state, "closed");
  }),
);
