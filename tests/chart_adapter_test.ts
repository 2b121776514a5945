import assert from "node:assert/strict";
import type { Candle } from "../lib/candles/candle.ts";
import { decimal } from "../lib/candles/decimal.ts";
import { encodeCandle } from "../lib/candles/wire.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { until as untilSeen } from "./harness/wait.ts";
import { sampleCandle } from "./sample_candles.ts";

const BEGIN = 1_704_567_600;

async function until(look: () => boolean): Promise<void> {
  await untilSeen(`${look}`, look, { everyMs: 5 });
}

/** What the older chart library calls a live candle. */
interface LiveCandle {
  readonly timestamp: number;
  readonly open: number;
  readonly volume: number;
  readonly lastUpdate: Date;
  readonly productId: string;
}

/** The adapter as an older page imports it. */
interface Adapter {
  LiveCandleSubscription: new (server: string) => {
    subscribe(symbol: string, granularity: string, onUpdate: (candle: LiveCandle) => void): void;
    unsubscribe(): void;
  };
  LiveCandleSubscriptionManager: new (server: string) => {
    subscribe(
      symbol: string,
      granularity: string,
      callback: (candle: LiveCandle) => void,
    ): Promise<string>;
    unsubscribe(id: string, symbol: string, granularity: string): void;
    dispose(): void;
  };
}

const adapter: Adapter = await import(
  `${new URL("../static/adapters/rs-charts.js", import.meta.url)}`
);

Deno.test("a subscriber gets candles in the older library's shape, and none after unsubscribing", async () => {
  await using server = new ScriptedServer();
  const seen: LiveCandle[] = [];
  const subscription = new adapter.LiveCandleSubscription(server.url);
  subscription.subscribe("BTC-USD", "ONE_MINUTE", (candle) => seen.push(candle));
  await server.opened(1);
  server.send(0, "1");
  await until(() => seen.length === 1);
  const { lastUpdate, ...candle } = seen[0] ?? assert.fail();
  assert.ok(lastUpdate instanceof Date);
  assert.deepEqual(candle, {
    timestamp: BEGIN,
    open: 42000.5,
    high: 42500,
    low: 41800,
    close: 42200,
    volume: 123.45000001,
    productId: "BTC-USD",
  });
  subscription.subscribe("BTC-USD", "ONE_HOUR", (candle) => seen.push(candle));
  await server.opened(2);
  assert.deepEqual(server.streams.map(({ query }) => query), [
    "products=BTC-USD&granularities=ONE_MINUTE",
    "products=BTC-USD&granularities=ONE_HOUR",
  ]);
  subscription.unsubscribe();
  await until(() => server.streams.every(({ isOpen }) => !isOpen));
});

Deno.test("a stream that was refused is opened again where it was", async () => {
  await using server = new ScriptedServer();
  const seen: number[] = [];
  const subscription = new adapter.LiveCandleSubscription(server.url);
  subscription.subscribe("BTC-USD", "ONE_MINUTE", ({ timestamp }) => seen.push(timestamp));
  await server.opened(1);
  server.send(0, "7");
  await until(() => seen.length === 1);
  server.refusals = 1;
  server.cut();
  await server.opened(2);
  const resumed = server.streams.at(-1);
  assert.match(`${resumed?.query} ${resumed?.header}`, /last_event_id=7| 7$/);
  server.send(60, "8");
  await until(() => seen.length === 2);
  assert.deepEqual(seen, [BEGIN, BEGIN + 60]);
  subscription.unsubscribe();
});

Deno.test("after a reset the candles since the newest one are fetched, page by page, oldest first", async () => {
  await using server = new ScriptedServer();
  server.history = [0, 60, 120, 180, 240];
  const seen: number[] = [];
  const subscription = new adapter.LiveCandleSubscription(server.url);
  subscription.subscribe("BTC-USD", "ONE_MINUTE", ({ timestamp }) => seen.push(timestamp - BEGIN));
  await server.opened(1);
  server.send(0, "1");
  await until(() => seen.length === 1);
  server.reset();
  server.send(240, "9");
  await until(() => seen.length === 7);
  assert.deepEqual(seen, [0, 240, 0, 60, 120, 180, 240]);
  const refetched = server.pages.filter((query) => new URLSearchParams(query).has("start"));
  assert.equal(refetched.length, 3);
  assert.equal(new URLSearchParams(refetched[0]).get("start"), `${BEGIN}`);
  subscription.unsubscribe();
});

Deno.test("chart adapter - a candle that closed between a page's history and its subscription is handed over", async () => {
  await using server = new ScriptedServer();
  server.history = [0, 60, 120];
  const seen: number[] = [];
  const subscription = new adapter.LiveCandleSubscription(server.url);
  subscription.subscribe("BTC-USD", "ONE_MINUTE", ({ timestamp }) => seen.push(timestamp - BEGIN));
  await server.opened(1);
  server.send(120, "7");
  await until(() => seen.length === 2);
  assert.deepEqual(seen, [120, 60]);
  subscription.unsubscribe();
});

Deno.test("chart adapter - what is fetched never takes the place of a higher state that was streamed", async () => {
  await using server = new ScriptedServer();
  server.history = [0, 60, 120];
  const seen: string[] = [];
  const subscription = new adapter.LiveCandleSubscription(server.url);
  subscription.subscribe("BTC-USD", "ONE_MINUTE", ({ timestamp, open }) => {
    seen.push(`${timestamp - BEGIN} ${open}`);
  });
  await server.opened(1);
  server.send(120, "7", { revision: 1, open: decimal("7") });
  server.send(60, "8", { revision: 3, open: decimal("9") });
  await until(() => server.pages.length === 1 && seen.length === 2);
  server.reset();
  server.send(180, "9");
  await until(() => seen.filter((text) => text.startsWith("180")).length === 2);
  assert.deepEqual(seen.filter((text) => text.startsWith("60")), ["60 9"]);
  subscription.unsubscribe();
});

Deno.test("subscribers of one candle share a stream, which ends with the last of them", async () => {
  await using server = new ScriptedServer();
  const manager = new adapter.LiveCandleSubscriptionManager(server.url);
  const seen: string[] = [];
  const first = await manager.subscribe("BTC-USD", "ONE_MINUTE", () => seen.push("first"));
  await server.opened(1);
  server.send(0, "1");
  await until(() => seen.length === 1);
  const second = await manager.subscribe("BTC-USD", "ONE_MINUTE", () => seen.push("second"));
  server.send(60, "2");
  await until(() => seen.length === 4);
  assert.deepEqual(seen, ["first", "second", "first", "second"]);
  manager.unsubscribe(first, "BTC-USD", "ONE_MINUTE");
  assert.equal(server.streams[0]?.isOpen, true);
  manager.unsubscribe(second, "BTC-USD", "ONE_MINUTE");
  await until(() => server.streams[0]?.isOpen === false);
  assert.equal(server.streams.length, 1);
});

interface Stream {
  readonly query: string;
  readonly header: string | null;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  isOpen: boolean;
}

/** Speaks `/stream` and `/api/candles` (two candles a page) as a test wants it. */
class ScriptedServer {
  readonly streams: Stream[] = [];
  readonly pages: string[] = [];
  history: readonly number[] = [];
  refusals = 0;
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/candles") return this.#page(searchParams);
    if (this.refusals-- > 0) return new Response("busy", { status: 503 });
    return this.#stream(searchParams, request.headers.get("last-event-id"));
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async opened(count: number): Promise<void> {
    await until(() => this.streams.length >= count);
  }

  send(second: number, id: string, other: Partial<Candle> = {}): void {
    this.#write(`id: ${id}\nevent: candle\ndata: ${candleText(second, other)}\n\n`);
  }

  reset(): void {
    this.#write(`event: reset\ndata: {}\n\n`);
  }

  cut(): void {
    for (const stream of this.streams.filter(({ isOpen }) => isOpen)) {
      stream.isOpen = false;
      stream.controller.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.#server.shutdown();
  }

  #write(text: string): void {
    this.streams.at(-1)?.controller.enqueue(new TextEncoder().encode(text));
  }

  #stream(query: URLSearchParams, header: string | null): Response {
    let own: Stream | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = { query: `${query}`, header, controller, isOpen: true };
        controller.enqueue(new TextEncoder().encode("retry: 50\n\n"));
        this.streams.push(own);
      },
      cancel: () => {
        if (own !== undefined) own.isOpen = false;
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  #page(query: URLSearchParams): Response {
    this.pages.push(`${query}`);
    const end = Number(query.get("end") ?? Infinity);
    const left = this.history.filter((second) => BEGIN + second < end);
    const page = left.slice(-2);
    query.set("end", `${BEGIN + (page[0] ?? 0)}`);
    const next = left.length > page.length ? `"/api/candles?${query}"` : "null";
    return new Response(`{"candles":[${page.map((second) => candleText(second))}],"next":${next}}`);
  }
}

function candleText(second: number, other: Partial<Candle> = {}): string {
  return encodeCandle(sampleCandle({ start: epochSeconds(BEGIN + second), ...other }));
}
