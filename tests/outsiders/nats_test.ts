import assert from "node:assert/strict";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { openBus } from "../../lib/bus/bus.ts";
import { READER_PERMISSIONS, READER_USER } from "../../lib/bus/reader_permissions.ts";
import { candleKey } from "../../lib/candles/candle.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { encodeCandle } from "../../lib/candles/wire.ts";
import { startNats } from "../../lib/embedded/mod.ts";
import { readReaderPassword } from "../../lib/embedded/reader_password.ts";
import { TEST_BIN_DIR } from "../../lib/embedded/test_bin.ts";
import { until } from "../harness/wait.ts";
import { publishClosed } from "../publish_closed.ts";
import { sampleCandle } from "../sample_candles.ts";
import { newDirectory } from "../servers.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const KEY = candleKey(productId("BTC-USD"), "ONE_MINUTE");
const { start: FIRST } = sampleCandle();

/** A NATS like the embedded one, a publisher, and a client that may only read. */
async function withReader(
  test: (reader: NatsConnection, bus: Awaited<ReturnType<typeof openBus>>) => Promise<void>,
): Promise<void> {
  const dataDir = await newDirectory();
  const reader = { user: READER_USER, permissions: READER_PERMISSIONS };
  const server = await startNats({ dataDir, binDir: TEST_BIN_DIR, progress: () => {}, reader });
  try {
    await using bus = await openBus({ servers: [server.url], replicas: 1, log: SILENT });
    await until("the streams", () => bus.state().state === "up");
    const outsider = await connect({
      servers: `127.0.0.1:${server.port}`,
      user: READER_USER,
      pass: await readReaderPassword(join(dataDir, "nats")),
    });
    try {
      await test(outsider, bus);
    } finally {
      await outsider.close();
    }
  } finally {
    await server.kill();
  }
}

function minute(index: number) {
  return sampleCandle({
    start: epochSeconds(FIRST + index * 60),
    firstTradeId: 10 * index + 1,
    lastTradeId: 10 * index + 10,
    trades: 10,
  });
}

function bytesOf(candle: ReturnType<typeof minute>): Uint8Array {
  return new TextEncoder().encode(encodeCandle(candle));
}

Deno.test("outsiders' NATS - one subscription hears every change, closed candles with their sequence", async () => {
  await withReader(async (reader, bus) => {
    const heard: Msg[] = [];
    reader.subscribe("candles.BTC-USD.*", { callback: (_, message) => void heard.push(message) });
    await reader.flush();
    const live = { ...minute(0), isComplete: false, exact: false };
    bus.publisherFor().publishLive(KEY, bytesOf(live));
    const [sequence] = await publishClosed(bus, minute(0));
    await until("two messages", () => heard.length === 2);
    const [first, second] = heard;
    assert.equal(first?.subject, "candles.BTC-USD.ONE_MINUTE");
    assert.equal(first?.headers?.get("Nats-Sequence") ?? "", "");
    assert.equal(first?.json<{ is_complete: boolean }>().is_complete, false);
    assert.equal(second?.headers?.get("Nats-Sequence"), `${sequence}`);
    const candle = second?.json<Record<string, unknown>>() ?? {};
    assert.equal(candle.product_id, "BTC-USD");
    assert.equal(candle.timestamp, FIRST);
    assert.equal(candle.is_complete, true);
    assert.equal(candle.close, 42_200);
  });
});

Deno.test("outsiders' NATS - a client that was disconnected continues after its last sequence, and receives no fence", async () => {
  await withReader(async (reader, bus) => {
    const [first = NaN] = await publishClosed(bus, minute(0));
    // Its fences lie between the candles, where the server keeps them.
    const lease = await bus.takeLease("ingest.1.0");
    const later = await publishClosed(bus, minute(1), minute(2), minute(3));
    const manager = await jetstreamManager(reader);
    const starts: number[] = [];
    const sequences: number[] = [];
    for (let after = first;;) {
      const message = await manager.direct.getMessage("CLOSED_CANDLES", {
        seq: after + 1,
        next_by_subj: "closed-candles.>",
      });
      if (message === null) break;
      after = message.seq;
      sequences.push(message.seq);
      starts.push(message.json<{ timestamp: number }>().timestamp);
    }
    assert.deepEqual(sequences, later);
    assert.deepEqual(starts, [1, 2, 3].map((index) => FIRST + index * 60));
    await lease?.release();
    const { state } = await manager.streams.info("CLOSED_CANDLES");
    assert.ok(
      state.first_seq > 1_600_000_000_000,
      "sequences begin at the stream's creation in ms",
    );
  });
});

Deno.test("outsiders' NATS - the newest candle of a key is in the bucket, as are those of all", async () => {
  await withReader(async (reader, bus) => {
    for (const id of ["BTC-USD", "ETH-USD"].map(productId)) {
      const candle = { ...minute(0), productId: id };
      bus.publisherFor().putCurrent(candleKey(id, "ONE_MINUTE"), bytesOf(candle));
    }
    await bus.publisherFor().currentSettled();
    const bucket = await new Kvm(jetstream(reader)).open("live-candles");
    const entry = await bucket.get("ETH-USD.ONE_MINUTE");
    assert.equal(entry?.json<{ product_id: string }>().product_id, "ETH-USD");
    const manager = await jetstreamManager(reader);
    const all = await manager.direct.getLastMessagesFor("KV_live-candles", {
      multi_last: ["$KV.live-candles.>"],
    });
    const keys = [];
    for await (const message of all) keys.push(message.subject);
    assert.deepEqual(keys.sort(), [
      "$KV.live-candles.BTC-USD.ONE_MINUTE",
      "$KV.live-candles.ETH-USD.ONE_MINUTE",
    ]);
  });
});

Deno.test("outsiders' NATS - a reader cannot publish, delete, make a consumer or take from ours", async () => {
  await withReader(async (reader, bus) => {
    await publishClosed(bus, minute(0), minute(1));
    const refused: string[] = [];
    void (async () => {
      for await (const status of reader.status()) {
        if (status.type === "error") refused.push(`${status.error.message}`);
      }
    })();
    const subjects = [
      KEY.replace(/^/, "candles."),
      `closed-candles.${KEY}`,
      `$KV.live-candles.${KEY}`,
      "$KV.leases.ingest.1.0",
      "closed-fences.ingest.1.0.0",
      "$JS.API.STREAM.PURGE.CLOSED_CANDLES",
      "$JS.API.STREAM.DELETE.CLOSED_CANDLES",
      "$JS.API.STREAM.MSG.DELETE.CLOSED_CANDLES",
      "$JS.API.STREAM.UPDATE.CLOSED_CANDLES",
      "$JS.API.CONSUMER.MSG.NEXT.CLOSED_CANDLES.store",
      "$JS.API.CONSUMER.DELETE.CLOSED_CANDLES.store",
      "$JS.API.CONSUMER.CREATE.CLOSED_CANDLES.store",
      "$JS.API.CONSUMER.CREATE.CLOSED_CANDLES.mine.closed-candles.>",
      "$JS.API.CONSUMER.DURABLE.CREATE.CLOSED_CANDLES.mine",
      "$JS.ACK.CLOSED_CANDLES.store.1.1.1.1.1",
    ];
    for (const subject of subjects) reader.publish(subject, "{}");
    await reader.flush();
    await until("every refusal", () => refused.length >= subjects.length);
    for (const subject of subjects) {
      assert.ok(refused.some((line) => line.includes(`"${subject}"`)), `${subject}: ${refused}`);
    }
    const manager = await jetstreamManager(reader);
    assert.equal((await manager.streams.info("CLOSED_CANDLES")).state.messages, 2);
  });
});

Deno.test("outsiders' NATS - the user that docs/data.md sets up on an operator's NATS may do just that", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/data.md", import.meta.url));
  const [, block = ""] = /^```conf\n(.*?)^```$/ms.exec(text) ?? [];
  const listOf = (name: string) => {
    const [, list = ""] = new RegExp(`${name}: \\[(.*?)\\]`, "s").exec(block) ?? [];
    return [...list.matchAll(/"([^"]+)"/g)].map(([, subject]) => subject);
  };
  assert.ok(block.includes(`user: ${READER_USER}`), block);
  assert.deepEqual(listOf("publish"), READER_PERMISSIONS.publish);
  assert.deepEqual(listOf("subscribe"), READER_PERMISSIONS.subscribe);
});
