import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { EventSource } from "eventsource";
import { type Bus, openBus } from "../lib/bus/bus.ts";
import { type Candle, candleKey } from "../lib/candles/candle.ts";
import { encodeCandle } from "../lib/candles/wire.ts";
import { answerStream } from "../lib/api/stream_answer.ts";
import { Hub } from "../lib/stream/hub.ts";
import { clientProgram } from "./client_program.ts";
import { BTC, minute } from "./hub_set_up.ts";
import { publishClosed } from "./publish_closed.ts";
import { type RestartableServer, withNats } from "./servers.ts";
import { SseReader } from "./sse_reader.ts";
import { until } from "./harness/wait.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const CURL = await clientProgram("curl");
const PYTHON = await clientProgram("python3");
const PATH = "/stream?products=BTC-USD&granularities=ONE_MINUTE";

/** One web process over real NATS: bus, hub and HTTP. */
class Instance {
  readonly #stop: () => Promise<void>;

  private constructor(
    readonly bus: Bus,
    readonly hub: Hub,
    readonly port: number,
    stop: () => Promise<void>,
  ) {
    this.#stop = stop;
  }

  static async start(natsUrl: string, port = 0): Promise<Instance> {
    const bus = await openBus({ servers: [natsUrl], replicas: 1, log: SILENT });
    const hub = new Hub({
      bounds: () => bus.closedBounds(),
      history: (after, keys, signal) => bus.closedAfter(after, { keys: keys ?? undefined, signal }),
      current: async () => (await bus.readCurrent()).map(messageOf),
      maxStreams: 100,
      maxStreamsPerAddress: 100,
      ringSize: 4,
    });
    bus.subscribe((batch) => hub.deliver(batch));
    await hub.start();
    bus.onState(({ state }) => {
      if (state === "up") hub.resync().catch(() => {});
    });
    const services = {
      hub,
      catalogue: { loaded: true, ids: () => [BTC], has: () => true },
      config: { corsOrigins: [], trustProxy: false },
    };
    const server = Deno.serve(
      { port, hostname: "127.0.0.1", onListen: () => {} },
      (request) => answerStream(services, request, new URL(request.url), "127.0.0.1"),
    );
    return new Instance(bus, hub, server.addr.port, async () => {
      hub.close();
      await server.shutdown();
      await bus.close();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${PATH}`;
  }

  async close(n: number): Promise<number> {
    const [sequence = NaN] = await publishClosed(this.bus, minute(n));
    return sequence;
  }

  live(n: number): void {
    const { key, bytes } = messageOf(minute(n, { isComplete: false, exact: false }));
    this.bus.publisherFor().publishLive(key, bytes);
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

function messageOf(candle: Candle) {
  const bytes = new TextEncoder().encode(encodeCandle(candle));
  return { key: candleKey(candle.productId, candle.granularity), bytes };
}

function withInstance(
  test: (instance: Instance, nats: RestartableServer) => Promise<void>,
): () => Promise<void> {
  return withNats(async ({ nats }) => {
    const server = await nats();
    const instance = await Instance.start(server.url);
    try {
      await test(instance, server);
    } finally {
      await instance.stop();
    }
  });
}

Deno.test(
  "the eventsource package follows a stream, and over a restart of the server misses nothing",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    let instance = await Instance.start(url);
    const { port } = instance;
    const ids: number[] = [];
    const source = new EventSource(instance.url);
    source.addEventListener("candle", (event) => ids.push(Number(event.lastEventId)));
    try {
      await until("an open stream", () => source.readyState === EventSource.OPEN);
      const sent = [await instance.close(0), await instance.close(1)];
      await until("two closed candles", () => ids.length === 2);
      await instance.stop();
      const meanwhile = await openBus({ servers: [url], replicas: 1, log: SILENT });
      const minutes = Array.from({ length: 10 }, (_, i) => minute(2 + i));
      sent.push(...await publishClosed(meanwhile, ...minutes));
      await meanwhile.close();
      instance = await Instance.start(url, port);
      await until("what closed meanwhile", () => ids.length === 12);
      sent.push(await instance.close(12));
      await until("what closed after that", () => ids.length === 13);
      assert.deepEqual(ids, sent);
    } finally {
      source.close();
      await instance.stop();
    }
  }),
);

Deno.test(
  "a fetch reader gets live and closed candles in the order of the bus",
  withInstance(async (instance) => {
    const response = await fetch(instance.url);
    if (response.body === null) throw new Error("no body");
    const reader = new SseReader(response.body);
    instance.live(0);
    await reader.readUntil(({ events }) => events.length === 1);
    const sequence = await instance.close(0);
    instance.live(1);
    await reader.readUntil(({ events }) => events.length === 3);
    assert.deepEqual(reader.candles().map((candle) => candle.is_complete), [false, true, false]);
    assert.deepEqual(reader.events.slice(1).map(({ id }) => Number(id)), [sequence, sequence]);
    await reader.leave();
  }),
);

Deno.test(
  "when NATS goes away and comes back, what closed meanwhile arrives once and in order",
  withInstance(async (instance, nats) => {
    const response = await fetch(instance.url);
    if (response.body === null) throw new Error("no body");
    const reader = new SseReader(response.body);
    const sent = [await instance.close(0)];
    await reader.readUntil(({ events }) => events.length === 1);
    await nats.kill();
    await nats.restart();
    for (let n = 1; n < 6; n++) sent.push(await instance.close(n));
    await reader.readUntil(({ events }) => events.length === 6);
    assert.deepEqual(reader.events.map(({ id }) => Number(id)), sent);
    await reader.leave();
  }),
);

Deno.test(
  "curl -N shows frames as they come",
  withInstance(async (instance) => {
    const curl = new Deno.Command(CURL, { args: ["-sN", instance.url], stdout: "piped" }).spawn();
    const reader = new SseReader(curl.stdout);
    await reader.readUntil(({ retryMs }) => retryMs !== null);
    const sequence = await instance.close(0);
    await reader.readUntil(({ events }) => events.length === 1);
    assert.deepEqual([reader.events[0]?.event, reader.lastEventId], ["candle", `${sequence}`]);
    curl.kill();
    await reader.drain();
    await reader.leave();
    await curl.status;
  }),
);

Deno.test(
  "Python goes on from an id with its standard library",
  withInstance(async (instance) => {
    const ids: number[] = [];
    for (let n = 0; n < 3; n++) ids.push(await instance.close(n));
    await until("the hub's newest", () => instance.hub.position === ids.at(-1));
    const script = fileURLToPath(new URL("./stream_reader.py", import.meta.url));
    const args = [script, instance.url, `${ids[0]}`, "2"];
    const { stdout } = await new Deno.Command(PYTHON, { args, stderr: "inherit" }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    const expected = [1, 2].map((n) => `candle ${ids[n]} ${minute(n).start}`);
    assert.deepEqual(lines, expected);
  }),
);

Deno.test(
  "a stream over HTTP/2 without TLS, as a proxy in front may speak it, flows in the same way",
  withInstance(async (instance) => {
    const curl = new Deno.Command(CURL, {
      args: ["-siN", "--http2-prior-knowledge", instance.url],
      stdout: "piped",
    }).spawn();
    const [head, body] = curl.stdout.tee();
    const reader = new SseReader(body);
    await reader.readUntil(({ retryMs }) => retryMs !== null);
    const sequence = await instance.close(0);
    await reader.readUntil(({ events }) => events.length === 1);
    assert.equal(reader.lastEventId, `${sequence}`);
    const first = await head.getReader().read();
    assert.match(new TextDecoder().decode(first.value), /^HTTP\/2 200 \r\ncontent-type: text/);
    curl.kill();
    await reader.drain();
    await reader.leave();
    await curl.status;
  }),
);
