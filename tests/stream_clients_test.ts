import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { connect } from "node:http2";
import { EventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import { openBus } from "../lib/bus/bus.ts";
import { clientProgram } from "./client_program.ts";
import { minute } from "./hub_set_up.ts";
import { publishClosed } from "./publish_closed.ts";
import { type RestartableServer, withNats } from "./servers.ts";
import { SseReader } from "./sse_reader.ts";
import { until, within } from "./harness/wait.ts";
import { PATH, SILENT, WebInstance } from "./web_instance.ts";

const CURL = await clientProgram("curl");
const PYTHON = await clientProgram("python3");

function withInstance(
  test: (instance: WebInstance, nats: RestartableServer) => Promise<void>,
): () => Promise<void> {
  return withNats(async ({ nats }) => {
    const server = await nats();
    const instance = await WebInstance.start(server.url);
    try {
      await test(instance, server);
    } finally {
      await instance.stop();
    }
  });
}

/** Clients that other people wrote: each reports the ids of the candles that come, and returns how to stop. */
const PACKAGES: Readonly<
  Record<string, (url: string, report: (id: string) => void) => () => void>
> = {
  eventsource(url, report) {
    const source = new EventSource(url);
    source.addEventListener("candle", ({ lastEventId }) => report(lastEventId));
    return () => source.close();
  },
  "eventsource-client"(url, report) {
    const source = createEventSource({
      url,
      onMessage: ({ event, id = "" }) => event === "candle" && report(id),
    });
    return () => source.close();
  },
};

for (const [name, follow] of Object.entries(PACKAGES)) {
  Deno.test(
    `stream clients - the package ${name} follows a stream, and over a restart misses nothing`,
    withNats(async ({ nats }) => {
      const { url } = await nats();
      let instance = await WebInstance.start(url);
      const { port } = instance;
      const ids: number[] = [];
      const stop = follow(instance.url, (id) => ids.push(Number(id)));
      try {
        await until("an open stream", () => instance.hub.stats().clients === 1);
        const sent = [await instance.close(0), await instance.close(1)];
        await until("two closed candles", () => ids.length === 2);
        await instance.stop();
        const meanwhile = await openBus({ servers: [url], replicas: 1, log: SILENT });
        const minutes = Array.from({ length: 10 }, (_, i) => minute(2 + i));
        sent.push(...await publishClosed(meanwhile, ...minutes));
        await meanwhile.close();
        instance = await WebInstance.start(url, { port });
        await until("what closed in between", () => ids.length === 12);
        sent.push(await instance.close(12));
        await until("what closed after that", () => ids.length === 13);
        assert.deepEqual(ids, sent);
      } finally {
        stop();
        await instance.stop();
      }
    }),
  );
}

/** `--http1.1` or `--http2-prior-knowledge`, and how curl calls an answer that is cut off. */
const PROTOCOLS = [["--http1.1", [18]], ["--http2-prior-knowledge", [18, 92]]] as const;

for (const [protocol, lost] of PROTOCOLS) {
  Deno.test(
    `stream clients - with curl ${protocol} the end of a server is a lost connection, after all that was sent`,
    withInstance(async (instance) => {
      const curl = new Deno.Command(CURL, {
        args: ["-sN", protocol, instance.url],
        stdout: "piped",
      }).spawn();
      const reader = new SseReader(curl.stdout);
      await reader.readUntil(({ retryMs }) => retryMs !== null);
      const greeting = reader.retryMs;
      const sequence = await instance.close(0);
      await until("the candle", () => instance.hub.position === sequence);
      await instance.stop();
      await reader.readUntil(() => false);
      assert.equal(reader.lastEventId, `${sequence}`);
      assert.notEqual(reader.retryMs, greeting, "its own retry time");
      const { code } = await curl.status;
      assert.ok(lost.some((each) => each === code), `curl's exit code ${code}`);
    }),
  );
}

Deno.test(
  "stream clients - over HTTP/1.1 a stream ends without the last chunk, and over HTTP/2 with RST_STREAM",
  withInstance(async (instance) => {
    const raw = await Deno.connect({ hostname: "127.0.0.1", port: instance.port });
    await raw.write(new TextEncoder().encode(`GET ${PATH} HTTP/1.1\r\nhost: localhost\r\n\r\n`));
    const text = new Response(raw.readable).text();
    const session = connect(new URL(instance.url).origin);
    session.on("error", () => {});
    const stream = session.request({ ":path": PATH });
    const reset = new Promise<number>((resolve) =>
      stream.on("close", () => resolve(stream.rstCode))
    );
    stream.on("error", () => {});
    stream.resume();
    await until("two open streams", () => instance.hub.stats().clients === 2);
    await instance.hub.close();
    assert.match(await within("the end of the connection", text), /retry: \d+\n\n\r\n$/);
    assert.notEqual(await within("the end of the stream", reset), 0);
    session.destroy();
  }),
);

Deno.test(
  "stream clients - a fetch reader gets live and closed candles in the order of the bus",
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
  "stream clients - when NATS goes down and is started again, what closed in between arrives once and in order",
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
  "stream clients - curl -N shows frames as they come",
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
  "stream clients - Python resumes from an id with its standard library",
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
  "stream clients - a stream over HTTP/2 without TLS, as a proxy in front may speak it, flows in the same way",
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
    const { status, date, headers } = await readHead(head);
    assert.equal(status, "HTTP/2 200 ");
    assert.ok(Date.parse(date) > 0, date);
    assert.deepEqual(headers, {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    curl.kill();
    await reader.drain();
    await reader.leave();
    await curl.status;
  }),
);

/** What curl shows with `-i` before a body: the status line, the date, and all other headers. */
async function readHead(shown: ReadableStream<Uint8Array>) {
  let text = "";
  // What is shown of the body is read elsewhere.
  for await (const bytes of shown.values({ preventCancel: true })) {
    text += new TextDecoder().decode(bytes);
    if (text.includes("\r\n\r\n")) break;
  }
  const [status, ...lines] = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
  const { date = "", ...headers } = Object.fromEntries(lines.map((line) => line.split(": ")));
  return { status, date, headers };
}
