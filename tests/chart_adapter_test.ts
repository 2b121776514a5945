import assert from "node:assert/strict";
import type { Candle } from "../lib/candles/candle.ts";
import type { LiveCandle } from "../static/adapters/rs-charts.d.ts";
import { decimal } from "../lib/candles/decimal.ts";
import { encodeCandle } from "../lib/candles/wire.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { until as untilSeen } from "./harness/wait.ts";
import { BEGIN, LibraryChart } from "./library_chart.ts";
import { sampleCandle } from "./sample_candles.ts";

async function until(look: () => boolean): Promise<void> {
  await untilSeen(`${look}`, look, { everyMs: 5 });
}

const adapter: typeof import("../static/adapters/rs-charts.d.ts") = await import(
  `${new URL("../static/adapters/rs-charts.js", import.meta.url)}`
);

Deno.test("chart adapter - a subscriber gets candles in the older library's shape, and none after unsubscribing", async () => {
  await using server = new ScriptedServer();
  server.history = [0];
  const seen: LiveCandle[] = [];
  const subscription = new adapter.LiveCandleSubscription(server.url);
  await subscription.subscribe("BTC-USD", "ONE_MINUTE", (candle) => seen.push(candle));
  await server.opened(1);
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
  subscription.dispose();
  await until(() => server.streams.every(({ isOpen }) => !isOpen));
  await subscription.subscribe("BTC-USD", "ONE_HOUR", (candle) => seen.push(candle));
  subscription.dispose();
  assert.equal(server.streams.length, 1, "what is disposed of stays so, however often");
});

Deno.test("chart adapter - what the library passes in place of an address is not used", () => {
  for (const passed of [undefined, { app: {}, type: "firestore" }, 7]) {
    // The module comes from a file here, which is not a server; in a page it comes from one.
    const subscription = new adapter.LiveCandleSubscription(passed);
    subscription.dispose();
    adapter.LiveCandleSubscriptionManager.getInstance(passed).dispose();
  }
});

Deno.test("chart adapter - a minute that closes between the page and the stream comes before the next one", async () => {
  await using server = new ScriptedServer();
  server.history = [0, 60];
  server.liveFrom = 60;
  const { chart, subscription } = await followed(server);
  server.send(120, "7", { isComplete: false, exact: false });
  server.send(60, "8", { close: decimal("41900") });
  await until(() => startsOf(chart).includes(120));
  assert.deepEqual(startsOf(chart), [0, 60, 120]);
  assert.equal(chart.refused, 0);
  assert.equal(chart.at(BEGIN + 60)?.close, 41900);
  subscription.dispose();
});

Deno.test("chart adapter - what is repaired of a minute a moment after its end comes before the next one", async () => {
  await using server = new ScriptedServer();
  server.history = [0];
  const { chart, subscription } = await followed(server);
  server.send(60, "7", { exact: false, high: decimal("42300"), close: decimal("41900") });
  server.send(120, "7", { isComplete: false, exact: false });
  await until(() => chart.at(BEGIN + 60)?.close === 41900);
  assert.deepEqual(startsOf(chart), [0, 60]);
  server.send(60, "8", { revision: 1, close: decimal("41950") });
  await until(() => startsOf(chart).includes(120));
  assert.equal(chart.at(BEGIN + 60)?.close, 41950);
  assert.equal(chart.at(BEGIN + 60)?.high, 42500);
  assert.equal(chart.refused, 0);
  subscription.dispose();
});

Deno.test("chart adapter - after a reset what is missing is read, page by page, and comes ascending before the newest", async () => {
  await using server = new ScriptedServer();
  server.history = [0];
  const { chart, subscription } = await followed(server);
  await until(() => startsOf(chart).length === 1);
  server.history = [0, 60, 120, 180, 240];
  server.reset();
  server.send(300, "9", { isComplete: false, exact: false });
  await until(() => startsOf(chart).includes(300));
  assert.deepEqual(startsOf(chart), [0, 60, 120, 180, 240, 300]);
  assert.equal(chart.refused, 0);
  subscription.dispose();
});

Deno.test("chart adapter - after a reset nothing newer comes while the server does not have again what was there", async () => {
  await using server = new ScriptedServer();
  server.history = [0, 60];
  server.liveFrom = 60;
  const { chart, subscription } = await followed(server);
  await until(() => startsOf(chart).includes(60));
  // Its servers were lost: the minute that was live then is still to be made of its trades.
  server.history = [];
  server.reset();
  server.send(120, "9", { isComplete: false, exact: false, open: decimal("1") });
  const pages = server.pages.length;
  await until(() => server.pages.length > pages + 1);
  assert.deepEqual(startsOf(chart), [0, 60]);
  server.history = [0, 60];
  server.liveFrom = Infinity;
  await until(() => startsOf(chart).includes(120));
  assert.deepEqual(startsOf(chart), [0, 60, 120]);
  assert.equal(chart.refused, 0);
  subscription.dispose();
});

Deno.test("chart adapter - a stream that is lost or refused is opened again where it was", async () => {
  await using server = new ScriptedServer();
  server.history = [0];
  const { chart, subscription } = await followed(server);
  server.send(60, "7");
  await until(() => startsOf(chart).includes(60));
  server.history = [0, 60];
  server.refusals = 1;
  server.cut();
  await server.opened(2);
  assert.match(server.streams.at(-1)?.query ?? "", /last_event_id=7/);
  // As when an exchange's side comes back: what is live is known first.
  server.send(240, "7", { isComplete: false, exact: false, firstTradeId: 995098900 });
  server.send(120, "8", { firstTradeId: 995098702, lastTradeId: 995098800 });
  server.send(180, "9", { firstTradeId: 995098801, lastTradeId: 995098899 });
  await until(() => startsOf(chart).includes(240));
  assert.deepEqual(startsOf(chart), [0, 60, 120, 180, 240]);
  assert.equal(chart.refused, 0);
  subscription.dispose();
});

Deno.test("chart adapter - all subscriptions share one stream, which ends with the last of them", async () => {
  await using server = new ScriptedServer();
  server.history = [0];
  const manager = new adapter.LiveCandleSubscriptionManager(server.url);
  const subscription = new adapter.LiveCandleSubscription(server.url);
  const seen: string[] = [];
  const ids = [
    await manager.subscribe("BTC-USD", "ONE_MINUTE", () => seen.push("first")),
    await manager.subscribe("BTC-USD", "ONE_MINUTE", () => seen.push("second")),
  ];
  await subscription.subscribe("BTC-USD", "ONE_HOUR", () => seen.push("other"));
  const openStreams = () => server.streams.filter(({ isOpen }) => isOpen);
  await until(() => openStreams()[0]?.query.includes("ONE_HOUR") ?? false);
  seen.length = 0;
  server.send(60, "2");
  await until(() => seen.length === 2);
  assert.deepEqual(seen, ["first", "second"]);
  assert.equal(openStreams().length, 1);
  for (const id of ids) manager.unsubscribe(id, "BTC-USD", "ONE_MINUTE");
  subscription.unsubscribe();
  await until(() => openStreams().length === 0);
});

Deno.test("chart adapter - products are the server's, in the library's shape", async () => {
  await using server = new ScriptedServer();
  const all = await adapter.getAllProducts(server.url);
  assert.deepEqual(all.map(({ id, baseCurrency, status }) => [id, baseCurrency, status]), [
    ["BTC-USD", "BTC", "online"],
    ["PEPE-USD", "PEPE", "online"],
  ]);
  assert.deepEqual((await adapter.getMinimalProducts(server.url)).map(({ id }) => id), ["BTC-USD"]);
});

interface Stream {
  readonly query: string;
  readonly header: string | null;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  isOpen: boolean;
}

/** The library's chart of a product's minutes, and the subscription that updates it. */
async function followed(server: ScriptedServer) {
  const chart = new LibraryChart();
  const subscription = new adapter.LiveCandleSubscription(server.url);
  await subscription.subscribe("BTC-USD", "ONE_MINUTE", (candle) => chart.update(candle));
  await server.opened(1);
  return { chart, subscription };
}

function startsOf({ candles }: LibraryChart): number[] {
  return candles.map(({ timestamp }) => timestamp - BEGIN);
}

/** Speaks `/stream` and `/api/candles` (two candles a page) as a test wants it. */
class ScriptedServer {
  readonly streams: Stream[] = [];
  readonly pages: string[] = [];
  history: readonly number[] = [];
  /** From this candle on history is not over yet. */
  liveFrom = Infinity;
  refusals = 0;
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/api/candles") return this.#page(searchParams);
    if (pathname === "/api/products") return Response.json({ products: PRODUCTS });
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
    this.#write(`id: 8\nevent: reset\ndata: {"last_event_id":"1","reason":"expired"}\n\n`);
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
    const open = this.streams.findLast(({ isOpen }) => isOpen);
    open?.controller.enqueue(new TextEncoder().encode(text));
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
    const start = Number(query.get("start") ?? 0);
    const left = this.history.filter((second) => BEGIN + second < end && BEGIN + second >= start);
    const page = left.slice(-2);
    query.set("end", `${BEGIN + (page[0] ?? 0)}`);
    const next = left.length > page.length ? `"/api/candles?${query}"` : "null";
    const texts = page.map((second) => candleText(second, { isComplete: second < this.liveFrom }));
    return new Response(`{"candles":[${texts}],"next":${next}}`, {
      headers: { "last-event-id": "1" },
    });
  }
}

const PRODUCTS = [["BTC", "online"], ["PEPE", "online"], ["OLD", "delisted"]].map((
  [base, status],
) => ({
  product_id: `${base}-USD`,
  base_currency: base,
  quote_currency: "USD",
  status,
}));

function candleText(second: number, other: Partial<Candle> = {}): string {
  return encodeCandle(sampleCandle({ start: epochSeconds(BEGIN + second), ...other }));
}
