import assert from "node:assert/strict";
import { connect } from "@nats-io/transport-node";
import { publishClosed } from "../../tests/publish_closed.ts";
import { withNats } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { candleKey } from "../candles/candle.ts";
import type { CandleMessage } from "../candles/candle_message.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { encodeCandle } from "../candles/wire.ts";
import { openBus } from "./bus.ts";
import { timely, until } from "../../tests/harness/wait.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const KEY = candleKey(productId("BTC-USD"), "ONE_MINUTE");

function bytesOf(candle = sampleCandle()): Uint8Array {
  return new TextEncoder().encode(encodeCandle(candle));
}

function opened(url: string) {
  return openBus({ servers: [url], replicas: 1, log: SILENT });
}

Deno.test(
  "bus - live and closed candles come over one subscription, the closed ones with their sequence",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    const heard: CandleMessage[] = [];
    bus.subscribe({ deliver: (batch) => heard.push(...batch) });
    const startedMs = Date.now();
    bus.publisherFor().publishLive(KEY, bytesOf(sampleCandle({ isComplete: false })));
    const [sequence = NaN] = await publishClosed(bus, sampleCandle());
    await until("two messages", () => heard.length === 2);
    assert.ok(sequence > startedMs - 60_000 && sequence <= Date.now(), `${sequence}`);
    assert.deepEqual(heard.map(({ key, sequence }) => [key, sequence]), [[KEY, null], [
      KEY,
      sequence,
    ]]);
    assert.deepEqual(new Uint8Array(heard[1]?.bytes ?? []), bytesOf());
  }),
);

Deno.test(
  "bus - messages of one read of the socket come as one batch, in order",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    const batches: number[][] = [];
    bus.subscribe({
      deliver: (batch) => {
        batches.push(
          batch.map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)).revision),
        );
      },
    });
    const total = 300;
    for (let revision = 0; revision < total; revision++) {
      bus.publisherFor().publishLive(KEY, bytesOf(sampleCandle({ isComplete: false, revision })));
    }
    await until("all messages", () => batches.flat().length === total);
    assert.deepEqual(batches.flat(), Array.from({ length: total }, (_, i) => i));
    // 300 messages of 400 bytes are two reads of 64 KB; a busy machine may need some more.
    assert.ok(batches.length <= 20, `${batches.length} batches`);
  }),
);

Deno.test(
  "bus - a message whose subject is not a candle's is never delivered",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    const heard: CandleMessage[] = [];
    bus.subscribe({ deliver: (batch) => heard.push(...batch) });
    bus.publisherFor().publishLive("BTC-USD.TEN_MINUTE" as never, bytesOf());
    bus.publisherFor().publishLive("btc-usd.ONE_MINUTE" as never, bytesOf());
    bus.publisherFor().publishLive(KEY, bytesOf());
    await until("the good one", () => heard.length > 0);
    assert.deepEqual(heard.map(({ key }) => key), [KEY]);
  }),
);

Deno.test(
  "bus - the newest current candle of every key can be read back",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    const ids = ["BTC-USD", "ETH-USD", "SOL-USD"].map(productId);
    for (const revision of [0, 1]) {
      for (const productId of ids) {
        const candle = sampleCandle({ productId, revision, isComplete: false });
        bus.publisherFor().putCurrent(candleKey(productId, "ONE_MINUTE"), bytesOf(candle));
      }
    }
    await bus.publisherFor().currentSettled();
    assert.equal(bus.dropped().current, 0);
    const all = await bus.readCurrent();
    assert.deepEqual(all.map(({ productId, revision }) => `${productId} ${revision}`).sort(), [
      "BTC-USD 1",
      "ETH-USD 1",
      "SOL-USD 1",
    ]);
    assert.deepEqual(
      all.filter(({ productId }) => productId === "BTC-USD").map(encodeCandle),
      [encodeCandle(sampleCandle({ revision: 1, isComplete: false }))],
    );
  }),
);

Deno.test(
  "bus - closed candles after a sequence are read up to the newest, wholly or for some keys",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    const candles = Array.from({ length: 1_500 }, (_, i) =>
      sampleCandle({
        productId: productId(i % 100 === 0 ? "ETH-USD" : "BTC-USD"),
        start: epochSeconds(1_704_567_600 + i * 60),
      }));
    const [first = NaN] = await publishClosed(bus, ...candles);
    const collect = async (history: AsyncIterable<{ sequence: number }>) => {
      const found: number[] = [];
      for await (const { sequence } of timely("the closed candles", history)) {
        found.push(sequence - first);
      }
      return found;
    };
    const after = await collect(bus.closedAfter(first + 9));
    assert.deepEqual([after[0], after.at(-1), after.length], [10, 1_499, 1_490]);
    assert.deepEqual(
      await collect(bus.closedAfter(first + 1_100, { keys: ["ETH-USD.ONE_MINUTE"] })),
      [1_200, 1_300, 1_400],
    );
    assert.deepEqual(await collect(bus.closedAfter(first + 1_499)), []);
    assert.deepEqual(await collect(bus.closedAfter(0, { keys: ["SOL-USD.ONE_DAY"] })), []);
    assert.equal((await collect(bus.closedByTime(Date.now() - 60_000))).length, 1_500);
    assert.deepEqual(await bus.closedBounds(), { first, last: first + 1_499 });
  }),
);

Deno.test(
  "bus - the streams follow the contract, and a second process finds nothing to change",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    const lines: string[] = [];
    const log = { ...SILENT, warn: (line: string) => void lines.push(line) };
    const open = () => openBus({ servers: [url], replicas: 1, log });
    const buses = await Promise.all([open(), open(), open()]);
    assert.deepEqual(buses.map((bus) => bus.state().state), ["up", "up", "up"]);
    await Promise.all(buses.map((bus) => bus.close()));
    assert.deepEqual(lines, []);

    const { jetstreamManager } = await import("@nats-io/jetstream");
    const { username, password, host } = new URL(url);
    const connection = await connect({ servers: host, user: username, pass: password });
    const manager = await jetstreamManager(connection);
    const closed = (await manager.streams.info("CLOSED_CANDLES")).config;
    assert.deepEqual({
      subjects: closed.subjects,
      storage: closed.storage,
      hours: closed.max_age / 3.6e12,
      max_bytes: closed.max_bytes,
      discard: closed.discard,
      duplicateMinutes: closed.duplicate_window / 6e10,
      republish: closed.republish,
    }, {
      subjects: ["closed-candles.>", "closed-fences.>"],
      storage: "file",
      hours: 72,
      max_bytes: 2_147_483_648,
      discard: "old",
      duplicateMinutes: 10,
      republish: { src: "closed-candles.>", dest: "candles.>" },
    });
    assert.equal((await manager.streams.info("KV_live-candles")).config.max_msgs_per_subject, 1);
    const consumer = (await manager.consumers.info("CLOSED_CANDLES", "store")).config;
    assert.deepEqual(
      [consumer.durable_name, consumer.ack_policy, consumer.filter_subject],
      ["store", "explicit", "closed-candles.>"],
    );
    assert.equal((await manager.streams.info("KV_leases")).config.max_msgs_per_subject, 1);
    await connection.close();
  }),
);
