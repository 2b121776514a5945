import assert from "node:assert/strict";
import { readDeadLetters } from "../../tests/dead_letters.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { withServers } from "../../tests/servers.ts";
import type { Candle } from "../candles/candle.ts";
import type { ClosedBatch } from "../candles/closed_batch.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { encodeCandle } from "../candles/wire.ts";
import type { DeadLetter } from "./dead_letter_store.ts";
import { openStore } from "./store.ts";
import { runWriter, type WriterMetric } from "./writer.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const FIRST = 1_704_567_600;
const MINUTES = { productId: productId("BTC-USD"), granularity: "ONE_MINUTE" } as const;

function minute(i: number, other: Partial<Candle> = {}): string {
  return encodeCandle(sampleCandle({ start: epochSeconds(FIRST + i * 60), ...other }));
}

interface ObservedBatch extends ClosedBatch {
  readonly acked: () => boolean;
  readonly ended: readonly number[];
}

function batchOf(texts: readonly string[], onAck: () => void = () => {}): ObservedBatch {
  let acked = false;
  const ended: number[] = [];
  return {
    messages: texts.map((text, i) => ({
      sequence: 1_000 + i,
      subject: "closed-candles.BTC-USD.ONE_MINUTE",
      bytes: new TextEncoder().encode(text),
    })),
    ack() {
      acked = true;
      onAck();
      return Promise.resolve();
    },
    term: (sequence) => ended.push(sequence),
    working() {},
    acked: () => acked,
    ended,
  };
}

async function* one(batch: ClosedBatch) {
  yield batch;
}

Deno.test(
  "writer - a bad row or a message that is not a candle becomes a dead letter, and all the others are stored",
  withServers(async ({ database }) => {
    const url = await database();
    await using store = await openStore(url, { log: SILENT });
    await store.ready();
    const texts = Array.from({ length: 1_000 }, (_, i) => minute(i));
    // A revision beyond PostgreSQL's integer: good on the wire, refused by the table.
    texts[137] = minute(137, { revision: 3_000_000_000 });
    texts[500] = '{"not":"a candle"}';
    texts[501] = minute(501, { isComplete: false });
    const batch = batchOf(texts);
    const metrics: WriterMetric[] = [];
    await runWriter({
      batches: one(batch),
      candles: store.candles,
      deadLetters: store.deadLetters,
      log: SILENT,
      onMetric: (metric) => metrics.push(metric),
      signal: new AbortController().signal,
    });
    assert.equal(batch.acked(), true);
    const held = await store.candles.page({ ...MINUTES, limit: 2_000 });
    assert.equal(held.length, 997);
    const letters = await readDeadLetters(url);
    assert.deepEqual(
      letters.map(({ sequence, bytes }) => [sequence, new TextDecoder().decode(bytes)]),
      [[1_137, texts[137]], [1_500, texts[500]], [1_501, texts[501]]],
    );
    assert.equal(metrics.filter(({ kind }) => kind === "dead").length, 3);
    assert.ok(metrics.filter(({ kind }) => kind === "written").length <= 20, "few statements");
  }),
);

Deno.test(
  "writer - a database that dies under the writer and comes back loses nothing, and nothing is acknowledged early",
  withServers(async ({ postgres }) => {
    const server = await postgres();
    await using store = await openStore(server.url, { log: SILENT });
    await store.ready();
    const first = batchOf([minute(0)]);
    const second = batchOf(Array.from({ length: 500 }, (_, i) => minute(i + 1)));
    const retried = Promise.withResolvers<void>();
    async function* batches() {
      yield first;
      await server.kill();
      yield second;
    }
    const running = runWriter({
      batches: batches(),
      candles: store.candles,
      deadLetters: store.deadLetters,
      log: SILENT,
      onMetric: ({ kind }) => kind === "retry" && retried.resolve(),
      signal: new AbortController().signal,
    });
    await retried.promise;
    assert.deepEqual([first.acked(), second.acked()], [true, false]);
    await server.restart();
    await running;
    assert.equal(second.acked(), true);
    await store.ready();
    const held = await store.candles.page({
      ...MINUTES,
      start: epochSeconds(FIRST + 60),
      limit: 2_000,
    });
    assert.equal(held.length, 500);
  }),
);

Deno.test("writer - a message that cannot even be kept as a dead letter is terminated and counted as lost", async () => {
  const refusal = Object.assign(new Error("value out of range"), { code: "22003" });
  const batch = batchOf([minute(0), minute(1)]);
  const metrics: WriterMetric[] = [];
  await runWriter({
    batches: one(batch),
    candles: {
      upsert: (candles) =>
        candles.some(({ start }) => start === FIRST)
          ? Promise.reject(refusal)
          : Promise.resolve(candles.length),
    },
    deadLetters: { add: () => Promise.reject(refusal) },
    log: SILENT,
    onMetric: (metric) => metrics.push(metric),
    signal: new AbortController().signal,
  });
  assert.deepEqual(batch.ended, [1_000]);
  assert.deepEqual(metrics.map(({ kind }) => kind), ["lost", "written"]);
  assert.equal(batch.acked(), true);
});

Deno.test("writer - a writer aborted while the database is down leaves its batch unacknowledged", async () => {
  const down = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const stop = new AbortController();
  const batch = batchOf([minute(0)]);
  const letters: DeadLetter[] = [];
  await runWriter({
    batches: one(batch),
    candles: { upsert: () => Promise.reject(down) },
    deadLetters: { add: (letter) => Promise.resolve(void letters.push(letter)) },
    log: SILENT,
    onMetric: ({ kind }) => kind === "retry" && stop.abort(),
    signal: stop.signal,
  });
  assert.equal(batch.acked(), false);
  assert.deepEqual(letters, []);
});

Deno.test("writer - the event loop turns while the candles of a large batch are decoded", async () => {
  const batch = batchOf(Array.from({ length: 1_000 }, (_, i) => minute(i)));
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  let stored = 0;
  await runWriter({
    batches: one(batch),
    candles: {
      upsert: (candles) => {
        stored = candles.length;
        isOver = true;
        return Promise.resolve(stored);
      },
    },
    deadLetters: { add: () => Promise.reject(new Error("there is none")) },
    log: SILENT,
    signal: new AbortController().signal,
  });
  assert.equal(stored, 1_000);
  assert.ok(turns >= 5, `${turns} turns`);
});
