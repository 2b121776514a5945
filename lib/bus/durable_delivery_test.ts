import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { pause, until, within } from "../../tests/harness/wait.ts";
import { publishClosed } from "../../tests/publish_closed.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type RestartableServer, withNats } from "../../tests/servers.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { type Bus, openBus } from "./bus.ts";
import type { HeldMessage } from "./durable_delivery.ts";

// Slow: the consumer's times for acknowledgements and the client's for a lost server are real.

const SILENT = { info() {}, warn() {}, error() {} };
const OPTIONS = {
  name: "webhook-test",
  subjects: ["closed-candles.*.ONE_MINUTE"],
  ackWaitMs: 2_000,
};
const { start: FIRST } = sampleCandle();

function minutes(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) =>
    sampleCandle({
      start: epochSeconds(FIRST + (from + index) * 60),
      firstTradeId: 10 * (from + index) + 1,
      lastTradeId: 10 * (from + index) + 10,
      trades: 10,
    }));
}

/** Takes messages until `close`; the test decides when each is done. */
function taker(bus: Bus) {
  const delivery = bus.delivery(OPTIONS);
  const stop = new AbortController();
  const taken: HeldMessage[] = [];
  const running = (async () => {
    for await (const message of delivery.messages(stop.signal)) taken.push(message);
  })();
  return {
    delivery,
    running,
    taken,
    sequences: () => taken.map(({ sequence }) => sequence),
    listeners: () => getEventListeners(stop.signal, "abort").length,
    async close() {
      stop.abort();
      await running;
      await delivery.close();
    },
  };
}

function opened(url: string): Promise<Bus> {
  return openBus({ servers: [url], replicas: 1, log: SILENT });
}

interface TakerParts {
  readonly server: RestartableServer;
  readonly bus: Bus;
  readonly here: ReturnType<typeof taker>;
}

/** A test with a server, and a taker of a consumer that is there. */
function withTaker(test: (parts: TakerParts) => Promise<void>): () => Promise<void> {
  return withNats(async ({ nats }) => {
    const server = await nats();
    await using bus = await opened(server.url);
    const here = taker(bus);
    await consumerOf(server.url);
    await test({ server, bus, here });
  });
}

/** Runs `work` with an administrator's connection to the server. */
async function withManager<T>(
  url: string,
  read: (manager: JetStreamManager) => Promise<T>,
): Promise<T> {
  const { host, username, password } = new URL(url);
  const connection = await connect({ servers: host, user: username, pass: password });
  try {
    return await read(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}

/** Waits until the consumer is there: it begins with what comes then. */
async function consumerOf(url: string): Promise<void> {
  await withManager(
    url,
    (manager) =>
      until(
        "the consumer",
        () => manager.consumers.info("CLOSED_CANDLES", OPTIONS.name).then(() => true, () => false),
      ),
  );
}

Deno.test(
  "durable delivery - what is not done is given again to the next one, before anything newer",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    await using other = await opened(url);
    const first = taker(other);
    await consumerOf(url);
    const sequences = await publishClosed(bus, ...minutes(0, 6));
    await until("all of them", () => first.taken.length === 6);
    assert.deepEqual(first.sequences(), sequences);
    for (const index of [0, 2, 3]) first.delivery.done(sequences[index] ?? NaN);
    await until("their acknowledgement", async () => await first.delivery.waiting() === 3);
    await first.close();
    const newer = await publishClosed(bus, ...minutes(6, 9));
    const second = taker(bus);
    await until("the rest", () => second.taken.length === 6);
    assert.deepEqual(
      second.sequences(),
      [1, 4, 5].map((index) => sequences[index]).concat(newer),
    );
    for (const sequence of second.sequences()) second.delivery.done(sequence);
    await until("nothing to wait for", async () => await second.delivery.waiting() === 0);
    await second.close();
  }),
);

Deno.test(
  "durable delivery - the successor of one that was killed gets its messages in order, when they come again",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    const dying = await opened(url);
    const first = taker(dying);
    await consumerOf(url);
    const sequences = await publishClosed(bus, ...minutes(0, 4));
    await until("all of them", () => first.taken.length === 4);
    // Its connection is cut: nothing is given back.
    await dying.close();
    await first.close();
    const newer = await publishClosed(bus, ...minutes(4, 6));
    const second = taker(bus);
    await until("all of them in the end", () => second.taken.length === 6, { timeoutMs: 90_000 });
    assert.deepEqual(second.sequences(), [...sequences, ...newer]);
    await second.close();
  }),
);

Deno.test(
  "durable delivery - a server that is killed and comes back costs neither a message nor the order",
  withTaker(async ({ server, bus, here }) => {
    const all: number[] = [];
    for (let round = 0; round < 3; round++) {
      all.push(...await publishClosed(bus, ...minutes(10 * round, 10 * round + 10)));
      await until("some of them", () => here.taken.length > 10 * round, { timeoutMs: 60_000 });
      for (const sequence of here.sequences().slice(0, -2)) here.delivery.done(sequence);
      await server.kill();
      await server.restart();
    }
    await until("all of them", () => new Set(here.sequences()).size === 30, {
      timeoutMs: 90_000,
    });
    assert.deepEqual(here.sequences(), all);
    for (const sequence of all) here.delivery.done(sequence);
    // JetStream may take a while to answer again.
    const isOver = () => here.delivery.waiting().then((waiting) => waiting === 0, () => false);
    await until("nothing to wait for", isOver, { timeoutMs: 90_000 });
    await here.close();
  }),
);

Deno.test(
  "durable delivery - what is done does not come again from a server that forgot it when it was killed",
  withTaker(async ({ server, bus, here }) => {
    const all: number[] = [];
    for (let round = 0; round < 4; round++) {
      all.push(...await publishClosed(bus, ...minutes(50 * round, 50 * round + 50)));
      await until("all of them", () => here.taken.length >= all.length, { timeoutMs: 60_000 });
      for (const sequence of all) here.delivery.done(sequence);
      // The server writes what it has confirmed to disk a moment later. JetStream may take a while to answer again.
      const isOver = () => here.delivery.waiting().then((waiting) => waiting === 0, () => false);
      await until("their acknowledgement", isOver, { timeoutMs: 60_000 });
      await server.kill();
      await server.restart();
    }
    // Only after what comes again is the next one handed out.
    all.push(...await publishClosed(bus, ...minutes(500, 501)));
    await until("the next one", () => here.sequences().includes(all.at(-1) ?? NaN), {
      timeoutMs: 60_000,
    });
    assert.deepEqual(here.sequences(), all);
    await here.close();
  }),
);

Deno.test(
  "durable delivery - other subjects never come, and a consumer that is deleted ends it",
  withTaker(async ({ server: { url }, bus, here }) => {
    const hour = sampleCandle({ granularity: "ONE_HOUR" });
    const ether = sampleCandle({ productId: productId("ETH-USD") });
    const [, second] = await publishClosed(bus, hour, ether);
    await until("one message", () => here.taken.length === 1);
    assert.deepEqual(here.sequences(), [second]);
    await withManager(url, (manager) => manager.consumers.delete("CLOSED_CANDLES", OPTIONS.name));
    await within("its end", here.running);
    await here.close();
    const next = taker(bus);
    await until("what was not done, again", () => next.taken.length === 1);
    assert.deepEqual(next.sequences(), [second]);
    await next.close();
  }),
);

Deno.test(
  "durable delivery - what takes longer than the server waits does not come twice",
  withTaker(async ({ server: { url }, bus, here }) => {
    const [sequence = NaN] = await publishClosed(bus, ...minutes(0, 1));
    await until("it", () => here.taken.length === 1);
    await pause(2 * OPTIONS.ackWaitMs);
    here.delivery.done(sequence);
    const later = await publishClosed(bus, ...minutes(1, 2));
    await until("the next one", () => here.taken.length === 2);
    assert.deepEqual(here.sequences(), [sequence, ...later]);
    const state = await withManager(url, async (manager) => {
      return (await manager.consumers.info("CLOSED_CANDLES", OPTIONS.name)).num_redelivered;
    });
    assert.equal(state, 0);
    await here.close();
  }),
);

Deno.test(
  "durable delivery - however many fetches bring its messages, nothing of a former one stays",
  withTaker(async ({ bus, here }) => {
    // A fetch brings 200 of them.
    await publishClosed(bus, ...minutes(0, 1_000));
    await until("all of them", () => here.taken.length === 1_000);
    assert.ok(here.listeners() <= 1, `${here.listeners()} listeners`);
    await here.close();
    assert.equal(here.listeners(), 0);
  }),
);

Deno.test(
  "set aside - a candle is kept once, with its sequence and the reason, under the receiver's name",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    await using bus = await opened(url);
    await bus.ready();
    const message = {
      sequence: 7,
      key: "BTC-USD.ONE_MINUTE",
      bytes: new TextEncoder().encode('{"product_id":"BTC-USD"}'),
    };
    for (let time = 0; time < 2; time++) await bus.setAside("risk", message, "it answered 400");
    await withManager(url, async (manager) => {
      const { state } = await manager.streams.info("WEBHOOK_DEAD_LETTERS");
      assert.equal(state.messages, 1);
      const kept = await manager.streams.getMessage("WEBHOOK_DEAD_LETTERS", {
        last_by_subj: "webhook-dead-letters.risk.BTC-USD.ONE_MINUTE",
      });
      assert.equal(kept?.header.get("Spot-Canvas-Sequence"), "7");
      assert.equal(kept?.header.get("Spot-Canvas-Reason"), "it answered 400");
      assert.equal(new TextDecoder().decode(kept?.data), '{"product_id":"BTC-USD"}');
    });
  }),
);
