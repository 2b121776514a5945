import assert from "node:assert/strict";
import { ClosedLog, type LogMessage } from "../../tests/closed_log.ts";
import type { Candle } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { ChartBoards } from "./chart_boards.ts";
import { Hub } from "../stream/hub.ts";
import { FakeClock } from "../time/fake_clock.ts";

const BTC = productId("BTC-USD");
const NOON = epochSeconds(Date.UTC(2026, 3, 7, 12) / 1000);

function candleAt(minute: number, close: string, isComplete = false): Candle {
  const price = decimal(close);
  return {
    productId: BTC,
    granularity: "ONE_MINUTE",
    start: epochSeconds(NOON + minute * 60),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
    trades: Number(close),
    quoteVolume: price,
    buyVolume: price,
    firstTradeId: 1,
    lastTradeId: Number(close),
    isComplete,
    exact: false,
    revision: 0,
  };
}

/** Charts over the test's own hub; a chart is drawn as its closing prices. */
async function opened(past: () => Promise<readonly Candle[]>, clock?: FakeClock) {
  const log = new ClosedLog();
  const hub = new Hub({
    maxStreams: 3,
    maxStreamsPerAddress: 2,
    source: { ...log, current: () => Promise.resolve([]) },
  });
  await hub.start();
  let drawn = 0;
  const boards = new ChartBoards({
    past,
    render: (id, granularity, candles) => {
      drawn++;
      return `<spot-chart id="chart-${id}-${granularity}">\n${
        candles.map(({ close }) => close.units).join(" ")
      }</spot-chart>`;
    },
  }, clock);
  const catalogue = { loaded: true, ids: () => [BTC], has: (id: string) => id === BTC };
  const services = {
    streams: hub,
    catalogue,
    config: { corsOrigins: [], streamCompression: true },
  };
  const request = (search: string, address = "1.1.1.1", headers: HeadersInit = {}) => {
    const url = new URL(`http://localhost/stream/chart${search}`);
    return boards.answer(services, new Request(url, { headers }), url, address);
  };
  const deliver = (candle: Candle | LogMessage) =>
    hub.deliver(["key" in candle ? candle : log.live(candle)]);
  return { hub, request, deliver, log, drawn: () => drawn };
}

/** The next event, skipping the field `retry`. */
async function nextEvent(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  for (;;) {
    const { value } = await reader.read();
    const text = new TextDecoder().decode(value);
    if (!text.startsWith("retry: ")) return text;
  }
}

Deno.test("chart boards - a hub that closes sends viewers a retry time, and cuts them off", async () => {
  const { hub, request } = await opened(() => Promise.resolve([candleAt(0, "1", true)]));
  const reader = (await request("?product=BTC-USD&granularity=1m")).body?.getReader();
  assert.ok(reader);
  await nextEvent(reader);
  const closed = hub.close();
  const last = await reader.read();
  assert.match(new TextDecoder().decode(last.value), /^retry: \d+\n\n$/);
  await assert.rejects(reader.read(), /cut off/);
  await closed;
  const late = await request("?product=BTC-USD&granularity=1m", "1.2.3.4", {
    accept: "text/event-stream",
  });
  assert.equal(late.status, 200);
  await assert.rejects(late.text(), /cut off/);
});

Deno.test("chart boards - a viewer gets the whole chart immediately and again with every change, as Datastar reads it", async () => {
  const { hub, request, deliver } = await opened(() => Promise.resolve([candleAt(0, "1", true)]));
  const response = await request("?product=BTC-USD&granularity=1m");
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body?.getReader();
  assert.ok(reader);
  assert.equal(
    await nextEvent(reader),
    'event: datastar-patch-elements\ndata: elements <spot-chart id="chart-BTC-USD-ONE_MINUTE">\n' +
      "data: elements 1</spot-chart>\n\n",
  );
  deliver(candleAt(1, "2"));
  assert.match(await nextEvent(reader), /^data: elements 1 2</m);
  deliver(candleAt(1, "3"));
  assert.match(await nextEvent(reader), /^data: elements 1 3</m);
  await reader.cancel();
  assert.equal(hub.stats().clients, 0, "leaving frees the viewer's place in the hub");
  await hub.close();
});

Deno.test("chart boards - however many look at a chart, a change is drawn once", async () => {
  const { hub, request, deliver, drawn } = await opened(() =>
    Promise.resolve([candleAt(0, "1", true)])
  );
  const readers = await Promise.all(
    ["1.1.1.1", "2.2.2.2", "3.3.3.3"].map(async (address) =>
      (await request("?product=BTC-USD&granularity=60", address)).body?.getReader()
    ),
  );
  for (const reader of readers) assert.ok(reader && (await nextEvent(reader)).includes("1<"));
  const before = drawn();
  deliver(candleAt(1, "2"));
  for (const reader of readers) assert.ok(reader && (await nextEvent(reader)).includes("1 2<"));
  assert.equal(drawn(), before + 1);
  for (const reader of readers) await reader?.cancel();
  await hub.close();
});

Deno.test("chart boards - viewers who accept it are sent charts compressed, once for all of them", async () => {
  const { hub, request, deliver } = await opened(() => Promise.resolve([candleAt(0, "1", true)]));
  const accepting = { "accept-encoding": "gzip" };
  const answers = [
    await request("?product=BTC-USD&granularity=1m", "1.1.1.1", accepting),
    await request("?product=BTC-USD&granularity=1m", "1.1.1.2", accepting),
  ];
  const plain = await request("?product=BTC-USD&granularity=1m");
  assert.equal(plain.headers.get("content-encoding"), null);
  await plain.body?.cancel();
  for (const { headers } of answers) {
    assert.equal(headers.get("content-encoding"), "gzip");
    assert.match(headers.get("vary") ?? "", /accept-encoding/);
  }
  const readers = answers.map(({ body }) =>
    body?.pipeThrough(new DecompressionStream("gzip")).getReader()
  );
  for (const reader of readers) assert.ok(reader && (await nextEvent(reader)).includes("1<"));
  deliver(candleAt(1, "2"));
  for (const reader of readers) assert.ok(reader && (await nextEvent(reader)).includes("1 2<"));
  for (const reader of readers) await reader?.cancel();
  await hub.close();
});

Deno.test("chart boards - a past that could not be read is read again while it is viewed", async () => {
  const clock = new FakeClock();
  let isDown = true;
  let reads = 0;
  const past = () => {
    reads++;
    return isDown
      ? Promise.reject(new Error("is down"))
      : Promise.resolve([candleAt(0, "1", true)]);
  };
  const { hub, request, deliver } = await opened(past, clock);
  const reader = (await request("?product=BTC-USD&granularity=1m")).body?.getReader();
  assert.ok(reader);
  assert.match(await nextEvent(reader), /^data: elements <\/spot-chart>/m);
  await clock.pass(5000);
  assert.equal(reads, 2);
  isDown = false;
  await clock.pass(5000);
  deliver(candleAt(1, "2"));
  assert.match(await nextEvent(reader), /^data: elements 1 2</m);
  await clock.pass(60_000);
  assert.equal(reads, 3);
  await reader.cancel();
  assert.equal(clock.timers, 0);
  await hub.close();
});

Deno.test("chart boards - when closed candles were lost in transit, the past is read again", async () => {
  let stored = [candleAt(0, "1", true)];
  const { hub, request, deliver, log } = await opened(() => Promise.resolve(stored));
  const reader = (await request("?product=BTC-USD&granularity=1m")).body?.getReader();
  assert.ok(reader);
  assert.match(await nextEvent(reader), /^data: elements 1</m);
  stored = [candleAt(0, "1", true), candleAt(1, "2", true)];
  log.append(candleAt(1, "2", true));
  log.append(candleAt(2, "3", true));
  log.discardUpTo(2);
  deliver(log.append(candleAt(3, "4", true)));
  let chart = "";
  for (let events = 0; events < 5 && !/^data: elements 1 2 .*4</m.test(chart); events++) {
    chart = await nextEvent(reader);
  }
  assert.match(chart, /^data: elements 1 2 .*4</m);
  await reader.cancel();
  await hub.close();
});

Deno.test("chart boards - a store that is down costs the past, not the chart", async () => {
  const { hub, request, deliver } = await opened(() => Promise.reject(new Error("is down")));
  const reader = (await request("?product=BTC-USD&granularity=1m")).body?.getReader();
  assert.ok(reader);
  await nextEvent(reader);
  deliver(candleAt(0, "7"));
  assert.match(await nextEvent(reader), /^data: elements 7</m);
  await reader.cancel();
  await hub.close();
});

Deno.test("chart boards - a chart that cannot be shown is answered with problem details, and places are limited as for any stream", async () => {
  const { hub, request } = await opened(() => Promise.resolve([]));
  const bad = await request("?product=nope&granularity=7m");
  assert.equal(bad.status, 400);
  const { errors } = await bad.json();
  assert.deepEqual(errors.map(({ parameter }: { parameter: string }) => parameter), [
    "product",
    "granularity",
  ]);
  assert.equal((await request("?product=BTC-USD&product=ETH-USD&granularity=1m")).status, 400);
  assert.equal((await request("?product=NOPE-USD&granularity=1m")).status, 404);
  const open = [
    await request("?product=BTC-USD&granularity=1m"),
    await request("?product=BTC-USD&granularity=5m"),
  ];
  const refused = await request("?product=BTC-USD&granularity=1h");
  assert.equal(refused.status, 429);
  assert.ok(refused.headers.get("retry-after"));
  for (const response of open) await response.body?.cancel();
  await hub.close();
});
