import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { SseReader } from "../../tests/sse_reader.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { requesterOf } from "../http/requester.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { answerStream, type StreamServices, untilLoaded } from "./stream_answer.ts";
import { Hub } from "../stream/hub.ts";
import { until as untilSeen } from "../../tests/harness/wait.ts";

const BTC = productId("BTC-USD");
const ONE = "/stream?products=BTC-USD&granularities=1m";

function minute(n: number) {
  return sampleCandle({ start: epochSeconds(1_704_585_600 + 60 * n) });
}

/** A hub behind a real HTTP server, and a fetch that cleans up after itself. */
async function withServer(
  log: ClosedLog,
  use: (
    hub: Hub,
    request: (path: string, init?: RequestInit) => Promise<Response>,
  ) => Promise<void>,
  config: Partial<StreamServices["config"]> = {},
  limits = { maxStreams: 2000, maxStreamsPerAddress: 2000 },
): Promise<void> {
  const hub = new Hub({ source: log, ...limits });
  await hub.start();
  const services: StreamServices = {
    streams: hub,
    catalogue: { loaded: true, ids: () => [BTC], has: (id) => id === BTC },
    config: { corsOrigins: [], ...config },
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request, { remoteAddr }) =>
      answerStream(
        services,
        request,
        new URL(request.url),
        requesterOf(request, remoteAddr, true).address,
      ),
  );
  const stop = new AbortController();
  try {
    const { port } = server.addr;
    await use(
      hub,
      (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: stop.signal }),
    );
  } finally {
    stop.abort();
    await hub.close();
    await server.shutdown();
  }
}

function readerOf(response: Response): SseReader {
  if (response.body === null) throw new Error("no body");
  return new SseReader(response.body);
}

async function until(condition: () => boolean): Promise<void> {
  await untilSeen(`${condition}`, condition, { everyMs: 1 });
}

Deno.test("stream answer - a stream over HTTP has the headers that keep it flowing, a snapshot and what follows", async () => {
  const log = new ClosedLog();
  log.append(minute(0));
  await withServer(log, async (hub, request) => {
    const response = await request(ONE);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
    assert.equal(response.headers.get("x-accel-buffering"), "no");
    hub.deliver([log.append(minute(1))]);
    const reader = readerOf(response);
    await reader.readUntil(({ events }) => events.length === 2);
    assert.deepEqual(reader.events.map(({ id }) => id), ["1", "2"]);
  });
});

Deno.test("stream answer - the header's last id has precedence over the older one of the URL", async () => {
  const log = new ClosedLog();
  for (let n = 0; n < 5; n++) log.append(minute(n));
  await withServer(log, async (_, request) => {
    const byUrl = readerOf(await request(`${ONE}&last_event_id=2`));
    await byUrl.readUntil(({ events }) => events.length === 3);
    const headers = { "last-event-id": "4" };
    const both = readerOf(await request(`${ONE}&last_event_id=2`, { headers }));
    await both.readUntil(({ events }) => events.length === 1);
    assert.deepEqual(both.events.map(({ id }) => id), ["5"]);
  });
});

Deno.test("stream answer - a reader that disconnects is removed from the hub immediately", async () => {
  await withServer(new ClosedLog(), async (hub, request) => {
    const reader = readerOf(await request(ONE));
    assert.equal(hub.stats().clients, 1);
    await reader.leave();
    await until(() => hub.stats().clients === 0);
    assert.deepEqual([hub.stats().left, hub.stats().groups], [1, 0]);
  });
});

Deno.test("stream answer - HEAD answers as GET would and opens no stream", async () => {
  await withServer(new ClosedLog(), async (hub, request) => {
    const response = await request(ONE, { method: "HEAD" });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal((await request("/stream?products=x", { method: "HEAD" })).status, 400);
    assert.equal(hub.stats().opened, 0);
  });
});

Deno.test("stream answer - bad input and unknown products are problem details, before any header of a stream", async () => {
  await withServer(new ClosedLog(), async (_, request) => {
    const bad = await request("/stream?products=x");
    assert.equal(bad.status, 400);
    assert.equal(bad.headers.get("content-type"), "application/problem+json");
    const { errors } = await bad.json();
    assert.deepEqual(errors.map(({ parameter }: { parameter: string }) => parameter), [
      "products",
      "granularities",
    ]);
    const unknown = await request("/stream?products=NO-USD&granularities=1m");
    assert.deepEqual([unknown.status, (await unknown.json()).status], [404, 404]);
  });
});

Deno.test("stream answer - too many streams are refused with a time for the retry: 429 for one address, 503 in all", async () => {
  const limits = { maxStreams: 2, maxStreamsPerAddress: 1 };
  await withServer(
    new ClosedLog(),
    async (_, request) => {
      const from = (address: string) => request(ONE, { headers: { "x-forwarded-for": address } });
      const open = [await from("192.0.2.1"), await from("192.0.2.2")];
      const refused = await from("192.0.2.3");
      assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "10"]);
      await refused.body?.cancel();
      await open[0]?.body?.cancel();
      for (let status = 503; status !== 429;) {
        const again = await from("192.0.2.2");
        status = again.status;
        await again.body?.cancel();
      }
    },
    {},
    limits,
  );
});

Deno.test("stream answer - a page of an allowed origin may read streams and problems, another may not", async () => {
  await withServer(new ClosedLog(), async (_, request) => {
    const from = async (origin: string, path: string) => {
      const response = await request(path, { headers: { origin } });
      await response.body?.cancel();
      return response.headers.get("access-control-allow-origin");
    };
    assert.equal(await from("https://a.example", ONE), "https://a.example");
    assert.equal(await from("https://a.example", "/stream"), "https://a.example");
    assert.equal(await from("https://b.example", ONE), null);
  }, { corsOrigins: ["https://a.example"] });
});

Deno.test("stream answer - a closing server loses an EventSource's stream, and refuses others", async () => {
  await withServer(new ClosedLog(), async (hub, request) => {
    await hub.close();
    const reader = readerOf(await request(ONE, { headers: { accept: "text/event-stream" } }));
    await assert.rejects(reader.readUntil(() => false));
    assert.deepEqual([reader.events, reader.ended, reader.retryMs !== null], [[], false, true]);
    const refused = await request(ONE);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "10"]);
    await refused.body?.cancel();
  });
});

Deno.test("stream answer - an EventSource waits for the catalogue, while others get 503", async () => {
  const catalogue = { loaded: false, ids: () => [], has: () => false };
  const events = new Headers({ accept: "text/event-stream" });
  const clock = new FakeClock();
  let waited = false;
  const wait = () => void untilLoaded(catalogue, events, clock).then(() => waited = true);
  wait();
  await untilLoaded(catalogue, new Headers({ accept: "*/*" }), clock);
  await clock.pass(14_000);
  assert.equal(waited, false);
  catalogue.loaded = true;
  await clock.pass(100);
  assert.equal(waited, true);
  waited = catalogue.loaded = false;
  wait();
  await clock.pass(15_000);
  assert.equal(waited, true, "not for longer than that");
});

Deno.test("stream answer - a thousand streams get a retry time, and are cut off", async () => {
  await withServer(new ClosedLog(), async (hub, request) => {
    const readers: SseReader[] = [];
    for (let n = 0; n < 1000; n += 100) {
      const responses = await Promise.all(Array.from({ length: 100 }, () => request(ONE)));
      readers.push(...responses.map(readerOf));
    }
    assert.equal(hub.stats().clients, 1000);
    const closed = hub.close();
    await Promise.all(readers.map((reader) => assert.rejects(reader.readUntil(() => false))));
    assert.ok(readers.every(({ ended }) => !ended));
    await closed;
    assert.ok(new Set(readers.map(({ retryMs }) => retryMs)).size > 100);
    assert.equal(hub.stats().clients, 0);
  });
});
