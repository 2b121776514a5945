import assert from "node:assert/strict";
import { isRepaired } from "../harness/repaired.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until, within } from "../harness/wait.ts";
import { SseReader } from "../sse_reader.ts";
import { type ProxyName, type ShippedProxy, startShippedProxy } from "./shipped_proxy.ts";

// Slow: each proxy has a whole app behind it, which is stopped and started.

const PROXIES: readonly ProxyName[] = ["caddy", "nginx"];
const MINUTE = "/stream?products=BTC-USD&granularities=ONE_MINUTE";
const MAX_STREAMS = 2;

/** Runs a test against Spot Canvas behind a proxy. */
function behind(
  name: ProxyName,
  test: (proxy: ShippedProxy, it: Scenario) => Promise<void>,
): () => Promise<void> {
  const env = { TRUST_PROXY: "true", MAX_STREAMS_PER_IP: `${MAX_STREAMS}` };
  return scenario({ env }, async (it) => {
    const proxy = await startShippedProxy(name, Number(new URL(it.app.url).port));
    try {
      await test(proxy, it);
    } finally {
      await proxy.stop();
    }
  });
}

for (const name of PROXIES) {
  Deno.test(
    `proxy - behind ${name} streams come event by event and resume, limits hold, and a stop is a lost connection`,
    behind(name, async ({ url }, it) => {
      assert.equal((await fetchText(`${url}/healthz`)).status, 200);
      assert.match((await fetchText(`${url}/`)).text, /<html/);
      await streamsAndResumes(url, it);
      await countsTheConnection(url, it);
      await refusesWhatIsLong(url);
      // After all that was refused it still answers.
      assert.equal((await fetchText(`${url}/healthz`)).status, 200);
      await losesStreams(url, it);
    }),
  );

  Deno.test(
    `proxy - ${name} passes on the host, and one address that no client chose`,
    async () => {
      const seen: Headers[] = [];
      const upstream = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
        seen.push(request.headers);
        return new Response("plain text ".repeat(1000));
      });
      const proxy = await startShippedProxy(name, upstream.addr.port);
      try {
        for (const path of ["/", "/stream"]) {
          const answer = await fetchText(proxy.url + path, {
            headers: {
              "x-forwarded-for": "203.0.113.1, 198.51.100.2",
              "x-forwarded-proto": "gopher",
              "x-forwarded-host": "evil.example",
              "accept-encoding": "gzip",
            },
          });
          assert.equal(answer.status, 200);
          assert.equal(answer.headers.get("content-encoding"), null);
          const passed = (header: string) => seen.at(-1)?.get(header);
          const { host } = new URL(proxy.url);
          assert.equal(passed("host"), host);
          assert.equal(passed("x-forwarded-for"), "127.0.0.1");
          assert.equal(passed("x-forwarded-proto"), "http");
          assert.equal(passed("x-forwarded-host"), host);
          assert.equal(passed("accept-encoding"), "gzip");
        }
        assert.equal(seen.length, 2);
      } finally {
        await proxy.stop();
        await upstream.shutdown();
      }
    },
  );
}

/** The application ends while its streams are read: to every client the connection is lost, and it resumes. */
async function losesStreams(url: string, it: Scenario): Promise<void> {
  it.time.speed = 30;
  const readers = [await openStream(url), await openStream(it.app.url)];
  for (const reader of readers) {
    await reader.readUntil(({ lastEventId }) => lastEventId !== "");
  }
  const greetings = readers.map(({ retryMs }) => retryMs);
  // Its last streams are cut off before the process ends, and in time.
  const reading = readers.map((reader) => assert.rejects(reader.readUntil(() => false)));
  const { code, tookMs } = await it.app.terminate();
  await Promise.all(reading);
  assert.equal(code, 0);
  console.log(`ended within ${tookMs.toFixed(0)} ms`);
  assert.ok(
    readers.every(({ retryMs }, at) => retryMs !== greetings[at]),
    "a retry time is sent",
  );
  await it.startApp().whenReady();
  const again = await openStream(url, { "last-event-id": readers[0]?.lastEventId ?? "" });
  await again.readUntil(({ events }) => events.length > 0);
  assert.deepEqual(again.events.filter(({ event }) => event === "reset"), []);
  await again.leave();
}

/** The exchange continues, so a proxy that keeps events back until it has enough of them brings the first ones late. */
async function streamsAndResumes(url: string, it: Scenario): Promise<void> {
  // A start publishes older minutes too, the newest first.
  await until("nothing left to repair", () => isRepaired(it.app));
  it.time.speed = 30;
  const first = await openStream(url);
  await first.readUntil((reader) => reader.candles().length > 0);
  const { chunks } = first;
  // Later events come in separate pieces.
  // Up to the minute that closed last: an older one may be revised meanwhile.
  const isCurrent = (reader: SseReader) => {
    const live = Math.max(...reader.candles().map(({ timestamp }) => timestamp));
    return newestStart(reader) > 0 && newestStart(reader) + 60 >= live;
  };
  await first.readUntil((reader) => isCurrent(reader) && reader.chunks > chunks + 2);
  const { lastEventId } = first;
  await first.leave();
  await until("a candle closed in between", async () => {
    const rows = await it.sql`SELECT FROM candles WHERE product_id = 'BTC-USD'
      AND granularity = 'ONE_MINUTE' AND start > to_timestamp(${newestStart(first)})`;
    return rows.length > 0;
  });
  const second = await openStream(url, { "last-event-id": lastEventId });
  const isLater = ({ is_complete, timestamp }: ReturnType<SseReader["candles"]>[number]) =>
    is_complete && timestamp > newestStart(first);
  await second.readUntil((reader) => reader.candles().some(isLater));
  const next = second.candles().find(isLater);
  assert.deepEqual(second.events.filter(({ event }) => event === "reset"), []);
  assert.equal(next?.timestamp, newestStart(first) + 60);
  await second.leave();
  it.time.speed = 1;
}

/** Two streams of one client are allowed, whatever addresses it claims to have. */
async function countsTheConnection(url: string, { app }: Scenario): Promise<void> {
  // The proxy closes those that their clients have left.
  await until("no open stream", async () => await app.metric("stream_clients") === 0);
  const open = [];
  for (let i = 1; i <= MAX_STREAMS; i++) {
    open.push(await openStream(url, { "x-forwarded-for": `203.0.113.${i}` }));
  }
  const refused = await fetchText(url + MINUTE, { headers: { "x-forwarded-for": "198.51.100.7" } });
  assert.equal(refused.status, 429);
  assert.match(refused.text, /one address/);
  for (const stream of open) await stream.leave();
}

async function refusesWhatIsLong(url: string): Promise<void> {
  const body = new Uint8Array(10 * 1024 * 1024);
  assert.equal(await statusOfRaw(url, "content-length: 10485760\r\n", body), 413);
  const header = `x-long: ${"a".repeat(40 * 1024)}\r\n`;
  const status = await statusOfRaw(url, header);
  assert.ok(status === 400 || status === 431, `${status}`);
  // What the application reads comes through.
  const longest = `${url}${MINUTE.replace("BTC-USD", `BTC-USD,${"X".repeat(15_000)}`)}`;
  assert.equal((await fetchText(longest)).status, 400);
  const own = await fetchText(`${url}/`, { headers: { cookie: `a=${"b".repeat(12_000)}` } });
  assert.equal(own.status, 200);
}

/** The newest closed candle's start that a stream brought, epoch seconds; 0 before the first. */
function newestStart(reader: SseReader): number {
  return Math.max(
    0,
    ...reader.candles().filter(({ is_complete }) => is_complete).map(({ timestamp }) => timestamp),
  );
}

async function openStream(url: string, headers: HeadersInit = {}): Promise<SseReader> {
  const response = await within("a stream's beginning", fetch(url + MINUTE, { headers }));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body);
  return new SseReader(response.body);
}

async function fetchText(
  url: string,
  options: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await within(url, fetch(url, options));
  return {
    status: response.status,
    headers: response.headers,
    text: await within(url, response.text()),
  };
}

/**
 * The status of a POST on the wire: a client that is refused in the middle of its body still reads
 * it.
 */
async function statusOfRaw(
  url: string,
  headers: string,
  body: Uint8Array = new Uint8Array(),
): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `POST /theme HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n`;
  const sending = writeAll(connection, [new TextEncoder().encode(head), body]);
  const buffer = new Uint8Array(1024);
  const length = await within("an answer to what is too long", connection.read(buffer)) ?? 0;
  const status = /^HTTP\/1\.1 (\d+)/.exec(new TextDecoder().decode(buffer.subarray(0, length)));
  connection.close();
  await sending;
  return Number(status?.[1]);
}

async function writeAll(connection: Deno.Conn, parts: readonly Uint8Array[]): Promise<void> {
  try {
    for (let part of parts) {
      while (part.length > 0) part = part.subarray(await connection.write(part));
    }
  } catch {
    // Refused before the end, as it should be.
  }
}
