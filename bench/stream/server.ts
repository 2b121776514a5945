/**
 * The server side of `bench/stream/stream.ts`: `deno run -A bench/stream/server.ts hub|bare`. `hub` is the real
 * route over the real hub, `bare` the least that can fan out on `Deno.serve`: one shared chunk per message.
 * Prints its ports as JSON, takes messages as lines on the first, and answers `GET /usage` on the second.
 */
import process from "node:process";
import { productId } from "../../lib/candles/product.ts";
import { answerStream } from "../../lib/api/stream_answer.ts";
import { Hub } from "../../lib/stream/hub.ts";
import type { HubStats } from "../../lib/stream/hub_options.ts";

/** What the server prints when it listens. */
export interface BenchServerPorts {
  readonly messages: number;
  readonly http: number;
}

/** CPU time of the process so far, what it holds, and what its hub counts (a bare server has none). */
export interface BenchServerUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly hub: HubStats | null;
}

interface Fanout {
  connect(request: Request): Response | Promise<Response>;
  /** The messages of one read. */
  take(lines: readonly Uint8Array[]): void;
  stats(): HubStats | null;
}

const BTC = productId("BTC-USD");

async function hubFanout(): Promise<Fanout> {
  const hub = new Hub({
    source: {
      bounds: () => Promise.resolve({ first: 1, last: 0 }),
      history: async function* () {},
      current: () => Promise.resolve([]),
    },
    maxStreams: Infinity,
    maxStreamsPerAddress: Infinity,
  });
  await hub.start();
  const services = {
    streams: hub,
    catalogue: { loaded: true, ids: () => [BTC], has: () => true },
    config: { corsOrigins: [] },
  };
  return {
    connect: (request) => answerStream(services, request, new URL(request.url), "127.0.0.1"),
    take: (lines) =>
      hub.deliver(
        lines.map((bytes) => ({ key: "BTC-USD.ONE_MINUTE" as const, bytes, sequence: null })),
      ),
    stats: () => hub.stats(),
  };
}

function bareFanout(): Fanout {
  const clients = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const prefix = new TextEncoder().encode("id: 0\nevent: candle\ndata: ");
  const opening = new TextEncoder().encode("retry: 2000\n\n");
  return {
    connect: () => {
      let self: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => {
          self = controller;
          clients.add(controller);
          controller.enqueue(opening);
        },
        cancel: () => {
          clients.delete(self);
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    take: (lines) => {
      for (const line of lines) {
        const chunk = new Uint8Array(prefix.length + line.length + 2).fill(10);
        chunk.set(prefix);
        chunk.set(line, prefix.length);
        for (const client of clients) client.enqueue(chunk);
      }
    },
    stats: () => null,
  };
}

/** Hands on the lines of each read together, as the bus does with its messages. */
async function takeLines(connection: Deno.Conn, fanout: Fanout): Promise<void> {
  const buffer = new Uint8Array(65_536);
  let rest = new Uint8Array(0);
  for (;;) {
    const size = await connection.read(buffer);
    if (size === null) return;
    const text = new Uint8Array(rest.length + size);
    text.set(rest);
    text.set(buffer.subarray(0, size), rest.length);
    const lines: Uint8Array[] = [];
    let at = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, at)) {
      lines.push(text.subarray(at, end));
      at = end + 1;
    }
    rest = text.slice(at);
    if (lines.length > 0) fanout.take(lines);
  }
}

function usage(hub: HubStats | null): BenchServerUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = Deno.memoryUsage();
  return { cpuSeconds: (user + system) / 1e6, rssBytes: rss, heapUsedBytes: heapUsed, hub };
}

if (import.meta.main) {
  const fanout = Deno.args[0] === "bare" ? bareFanout() : await hubFanout();
  const hostname = "127.0.0.1";
  const server = Deno.serve(
    { port: 0, hostname, onListen: () => {} },
    (request) =>
      request.url.endsWith("/usage")
        ? Response.json(usage(fanout.stats()))
        : fanout.connect(request),
  );
  const listener = Deno.listen({ port: 0, hostname });
  const ports = { messages: listener.addr.port, http: server.addr.port };
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(ports)}\n`));
  for await (const connection of listener) void takeLines(connection, fanout);
}
