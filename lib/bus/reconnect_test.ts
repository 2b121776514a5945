import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { publishClosed } from "../../tests/publish_closed.ts";
import { type RestartableServer, withNats } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { encodeCandle } from "../candles/wire.ts";
import { type Bus, openBus } from "./bus.ts";
import type { BusOptions } from "./bus_options.ts";
import { timely, until } from "../../tests/harness/wait.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const KEY = "BTC-USD.ONE_MINUTE";

function opened({ url }: RestartableServer, options: Partial<BusOptions> = {}): Promise<Bus> {
  return openBus({ servers: [url], replicas: 1, log: SILENT, ...options });
}

async function managerOf({ url }: RestartableServer) {
  const { username, password, host } = new URL(url);
  const connection = await connect({ servers: host, user: username, pass: password });
  return { connection, manager: await jetstreamManager(connection) };
}

function bytesAt(i: number): Uint8Array {
  return new TextEncoder().encode(encodeCandle(candleAt(i)));
}

function candleAt(i: number) {
  return sampleCandle({ start: epochSeconds(1_704_567_600 + i * 60) });
}

Deno.test(
  "reconnect - a bus survives its server's death: states are reported, live values dropped, and everything resumes",
  withNats(async ({ nats }) => {
    const server = await nats();
    const states: string[] = [];
    await using bus = await opened(server, { onState: ({ state }) => states.push(state) });
    const heard: number[] = [];
    bus.subscribe({
      deliver: (batch) => heard.push(...batch.map(({ sequence }) => sequence ?? 0)),
    });
    await server.kill();
    await until("down", () => bus.state().state === "down");
    assert.match(bus.state().reason ?? "", /disconnected/);
    for (let i = 0; i < 100_000; i++) bus.publisherFor().publishLive(KEY, bytesAt(0));
    bus.publisherFor().putCurrent(KEY, bytesAt(0));
    // A batch is sent, or dropped, at the end of the current task.
    await Promise.resolve();
    assert.deepEqual(bus.dropped(), { live: 100_000, current: 1 });
    await server.restart();
    await until("up again", () => bus.state().state === "up");
    bus.publisherFor().putCurrent(KEY, bytesAt(1));
    await bus.publisherFor().currentSettled();
    assert.equal(bus.dropped().current, 1);
    bus.publisherFor().publishLive(KEY, bytesAt(2));
    const [sequence] = await publishClosed(bus, candleAt(3));
    await until("the subscription again", () => heard.length === 2);
    assert.deepEqual(heard, [0, sequence]);
    assert.deepEqual(states, ["up", "down", "up"]);
  }),
);

Deno.test(
  "reconnect - a bus that is opened before its server connects when the server is up",
  withNats(async ({ nats }) => {
    const server = await nats();
    await server.kill();
    const reasons: (string | null)[] = [];
    const opening = opened(server, { onState: ({ reason }) => reasons.push(reason) });
    await until("a first failure", () => reasons.length > 0);
    assert.match(reasons[0] ?? "", /refused/);
    await server.restart();
    await using bus = await opening;
    assert.deepEqual(bus.state(), { state: "up", reason: null });
  }),
);

Deno.test(
  "reconnect - opening a bus can be given up",
  withNats(async ({ nats }) => {
    const server = await nats();
    await server.kill();
    await assert.rejects(
      opened(server, { signal: AbortSignal.timeout(200) }),
      { name: "BusError" },
    );
  }),
);

Deno.test(
  "reconnect - reading history resumes where it was when the server dies in between",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const total = 3_000;
    const publisher = bus.closedPublisher({ onOverflow() {}, onConflict() {} });
    for (let i = 0; i < total; i++) publisher.enqueue(candleAt(i));
    await publisher.idle();
    const sequences: number[] = [];
    for await (const { sequence } of timely("the closed candles", bus.closedAfter(0))) {
      sequences.push(sequence);
      if (sequences.length === 700) {
        await server.kill();
        await server.restart();
      }
    }
    const { first } = await bus.closedBounds();
    assert.deepEqual(sequences, Array.from({ length: total }, (_, i) => first + i));
  }),
);

Deno.test(
  "reconnect - reading history ends immediately when aborted",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const publisher = bus.closedPublisher({ onOverflow() {}, onConflict() {} });
    for (let i = 0; i < 600; i++) publisher.enqueue(candleAt(i));
    await publisher.idle();
    const stop = new AbortController();
    let read = 0;
    for await (
      const _ of timely("the closed candles", bus.closedAfter(0, { signal: stop.signal }))
    ) {
      if (++read === 10) stop.abort();
    }
    assert.equal(read, 10);
  }),
);

Deno.test(
  "reconnect - streams that vanish are created again, and sequences are never reused",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const acked: number[] = [];
    const publisher = bus.closedPublisher({
      onAck: ({ sequence }) => acked.push(sequence),
      onOverflow() {},
      onConflict() {},
    });
    publisher.enqueue(candleAt(0));
    await publisher.idle();
    const { connection, manager } = await managerOf(server);
    await manager.streams.delete("CLOSED_CANDLES");
    publisher.enqueue(candleAt(1));
    await publisher.idle();
    await connection.close();
    assert.ok((acked[1] ?? 0) > (acked[0] ?? Infinity), `${acked}`);
    assert.equal(bus.state().state, "up");
  }),
);

Deno.test(
  "reconnect - a JetStream that refuses makes the bus degraded, and candles wait until it takes them",
  withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server);
    const publisher = bus.closedPublisher({ onOverflow() {}, onConflict() {} });
    const { connection, manager } = await managerOf(server);
    // Simulates a full disk without filling one.
    const { config } = await manager.streams.info("CLOSED_CANDLES");
    const limited = { ...config, discard: "new", max_bytes: 500 } as const;
    await manager.streams.update("CLOSED_CANDLES", limited);
    for (let i = 0; i < 3; i++) publisher.enqueue(candleAt(i));
    await until("degraded", () => bus.state().state === "degraded");
    assert.match(bus.state().reason ?? "", /JetStream refuses: maximum bytes exceeded/);
    assert.equal(publisher.pending > 0, true);
    await manager.streams.update("CLOSED_CANDLES", config);
    await publisher.idle();
    await until("up again", () => bus.state().state === "up");
    const starts: number[] = [];
    for await (const { bytes } of timely("the closed candles", bus.closedAfter(0))) {
      starts.push(JSON.parse(new TextDecoder().decode(bytes)).timestamp);
    }
    assert.deepEqual(starts, [0, 1, 2].map((i) => candleAt(i).start));
    await connection.close();
  }),
);

Deno.test(
  "reconnect - settings of an existing stream are updated, and those that cannot be changed are reported in a line",
  withNats(async ({ nats }) => {
    const server = await nats();
    const { connection, manager } = await managerOf(server);
    await manager.streams.add({
      name: "CLOSED_CANDLES",
      subjects: ["closed-candles.>"],
      storage: "memory",
      max_age: 3_600e9,
    });
    const lines: string[] = [];
    const log = {
      ...SILENT,
      warn: (line: string, values?: Record<string, unknown>) =>
        void lines.push(`${values?.line ?? line}`),
    };
    await using bus = await opened(server, { log });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^stream CLOSED_CANDLES keeps its max_bytes: .* memory/);
    const { config } = await manager.streams.info("CLOSED_CANDLES");
    assert.equal(config.max_age, 72 * 3_600e9);
    await using second = await opened(server, { log, replicas: 3 });
    assert.deepEqual([bus.state().state, second.state().state], ["up", "up"]);
    const refused = /^stream (\S+) keeps its (.*): JetStream refuses/;
    const kept = lines.slice(1).map((line) => refused.exec(line)?.slice(1).join(": "));
    assert.deepEqual(kept, [
      "KV_leases: num_replicas",
      "KV_live-candles: num_replicas",
      "CLOSED_CANDLES: max_bytes, num_replicas",
    ]);
    assert.equal(lines.length, 4);
    await connection.close();
  }),
);
