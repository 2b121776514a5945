import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { buildIfStale } from "../../tasks/build_if_stale.ts";
import { AppProcess, freePort } from "../harness/app_process.ts";
import { until } from "../harness/wait.ts";
import { type TestServers, withServers } from "../servers.ts";
import { SseReader } from "../sse_reader.ts";

// Slow: each test has a whole app with workers, and several wait until a process that hangs is noticed.

const READINESS = z.object({
  ready: z.boolean(),
  workers: z.object({
    state: z.string(),
    workers: z.array(z.object({
      number: z.number(),
      state: z.string(),
      pid: z.number().nullable(),
      streams: z.number(),
      restarts: z.number(),
    })),
  }),
});
const AUTHORITY = fileURLToPath(new URL("../authority/", import.meta.url));
const BTC = "/stream?products=BTC-USD&granularities=ONE_MINUTE";

await buildIfStale(() => {});

/** The app with two web workers, over real servers and a simulated exchange. */
function withWorkers(
  env: Readonly<Record<string, string>>,
  test: (app: AppProcess, port: number) => Promise<void>,
): () => Promise<void> {
  return withServers(async ({ database, nats }: TestServers) => {
    const exchange = await startExchangeSimulator({ products: 5, historyHours: 1 });
    const port = freePort();
    const app = AppProcess.start(port, {
      DATABASE_URL: await database(),
      NATS_URL: (await nats()).url,
      COINBASE_WS_URL: exchange.wsUrl,
      COINBASE_REST_URL: exchange.restUrl,
      BACKFILL_DAYS: "0",
      SIMULATED: "true",
      WEB_WORKERS: "2",
      ...env,
    });
    try {
      await until("both workers", async () => {
        const { ready, workers } = await readiness(port, env.TLS_CERT_FILE !== undefined);
        return ready && workers.state === "up";
      }, { timeoutMs: 60_000 });
      await test(app, port);
    } catch (error) {
      console.log(app.lines.slice(-30).join("\n"));
      throw error;
    } finally {
      await app.kill();
      await exchange.close();
    }
  });
}

const NOT_YET: z.infer<typeof READINESS> = {
  ready: false,
  workers: { state: "starting", workers: [] },
};

async function readiness(port: number, isSecure: boolean): Promise<z.infer<typeof READINESS>> {
  const caCerts = [await Deno.readTextFile(`${AUTHORITY}authority.pem`)];
  const client = Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: 0 });
  const url = `${isSecure ? "https" : "http"}://127.0.0.1:${port}/readyz`;
  try {
    const response = await fetch(url, { client, signal: AbortSignal.timeout(5000) });
    return READINESS.parse(await response.json());
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    return NOT_YET;
  } finally {
    client.close();
  }
}

async function workersOf(app: AppProcess) {
  const answer = await app.request("/readyz");
  // The connection may have been a worker's that has just died.
  return answer === null ? NOT_YET.workers : READINESS.parse(JSON.parse(answer.text)).workers;
}

/** A stream over a new connection, so that the kernel chooses a worker for it. */
async function open(app: AppProcess, path = BTC, headers: Record<string, string> = {}) {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const response = await fetch(app.url + path, { client, headers });
  const close = async () => {
    await response.body?.cancel().catch(() => {});
    client.close();
  };
  return { response, close };
}

function isAlive(pid: number): boolean {
  try {
    // A process that has ended and was not waited for yet counts as gone.
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test(
  "web workers - streams, downloads and requests are counted over both of them",
  withWorkers(
    { MAX_STREAMS: "12", MAX_STREAMS_PER_IP: "8", TRUST_PROXY: "true", MAX_REQUESTS_PER_IP: "5" },
    async (app) => {
      const from = (address: string) => ({ "x-forwarded-for": address });
      const all = (address: string, count: number) =>
        Promise.all(Array.from({ length: count }, () => open(app, BTC, from(address))));
      const streams = [...await all("9.9.9.1", 10), ...await all("9.9.9.2", 6)];
      const statuses = streams.map(({ response }) => response.status);
      const count = (part: readonly number[], status: number) =>
        part.filter((each) => each === status).length;
      assert.deepEqual([count(statuses.slice(0, 10), 200), count(statuses.slice(0, 10), 429)], [
        8,
        2,
      ]);
      assert.deepEqual([count(statuses.slice(10), 200), count(statuses.slice(10), 503)], [4, 2]);
      await until("the streams of both", async () => {
        const each = (await workersOf(app)).workers.map(({ streams }) => streams);
        return each.every((streams) => streams > 0) && each.reduce((a, b) => a + b) === 12;
      });
      assert.equal(await app.metric("stream_clients"), 12);
      const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
      const status = await fetch(`${app.url}/status`, {
        client,
        headers: { accept: "application/json", ...from("9.9.9.5") },
      });
      const { streams: figures, workers } = await status.json();
      client.close();
      assert.equal(figures.open, 12, "the operations page shows the streams of both");
      assert.equal(workers.workers.length, 2);
      assert.equal(await app.metric("stream_refused_total"), 4);
      for (const { close } of streams) await close();
      await until("room again", async () => {
        const { response, close } = await open(app, BTC, from("9.9.9.3"));
        await close();
        return response.status === 200;
      });
      const requests = 200;
      const answers = await Promise.all(
        Array.from({ length: requests }, async () => {
          const one = await open(app, "/api/products", from("9.9.9.4"));
          await one.close();
          return one.response.status;
        }),
      );
      // A burst of ten seconds, and the tokens that came back during it: for all of them half a minute would have to pass.
      const answered = count(answers, 200);
      assert.ok(
        answered >= 50 && count(answers, 429) === requests - answered && answered < requests,
        `${answered}`,
      );
    },
  ),
);

Deno.test(
  "web workers - one that is killed is started again, and its clients resume without loss at another",
  withWorkers({ LIVE_INTERVAL_MS: "0" }, async (app) => {
    const path = "/stream?products=*&granularities=*";
    const streams = await Promise.all(Array.from({ length: 8 }, () => open(app, path)));
    const ids = await Promise.all(streams.map(async ({ response }) => {
      const reader = readerOf(response);
      await reader.readUntil(({ lastEventId }) => lastEventId !== "");
      return reader.lastEventId;
    }));
    const { workers: [victim] } = await workersOf(app);
    assert.ok(victim?.pid);
    Deno.kill(victim.pid, "SIGKILL");
    await until("the next process", async () => {
      const [next] = (await workersOf(app)).workers;
      return next?.state === "up" && next.pid !== victim.pid && next.restarts === 1;
    });
    assert.ok(app.lines.some((line) => line.includes("web worker 1 ended (SIGKILL)")));
    for (const id of ids) {
      const again = await open(app, path, { "last-event-id": id });
      const reader = readerOf(again.response);
      await reader.readUntil(({ events }) => events.length > 0);
      assert.notEqual(reader.events[0]?.event, "reset");
      await again.close();
    }
    for (const { close } of streams) await close();
  }),
);

function readerOf({ body }: Response): SseReader {
  assert.ok(body);
  return new SseReader(body);
}

Deno.test(
  "web workers - both serve HTTP/2 with the certificate",
  withWorkers(
    { TLS_CERT_FILE: `${AUTHORITY}server.pem`, TLS_KEY_FILE: `${AUTHORITY}server.key` },
    async (_, port) => {
      const caCerts = [await Deno.readTextFile(`${AUTHORITY}authority.pem`)];
      const request = async (path: string) => {
        const client = Deno.createHttpClient({ caCerts, http1: false, http2: true });
        return { client, response: await fetch(`https://127.0.0.1:${port}${path}`, { client }) };
      };
      const streams = await Promise.all(Array.from({ length: 12 }, () => request(BTC)));
      for (const { response } of streams) assert.equal(response.status, 200);
      await until("streams of both", async () => {
        const { client, response } = await request("/readyz");
        const { workers } = READINESS.parse(await response.json()).workers;
        client.close();
        return workers.every(({ streams }) => streams > 0);
      });
      for (const { client, response } of streams) {
        await response.body?.cancel();
        client.close();
      }
    },
  ),
);

Deno.test(
  "web workers - SIGTERM ends all processes within five seconds, with streams open on both",
  withWorkers({}, async (app) => {
    const pids = (await workersOf(app)).workers.map(({ pid }) => pid ?? 0);
    const streams = await Promise.all(Array.from({ length: 8 }, () => open(app)));
    const { code, tookMs } = await app.terminate();
    assert.equal(code, 0);
    assert.ok(tookMs < 5000, `${tookMs} ms`);
    assert.deepEqual(pids.filter(isAlive), []);
    for (const { close } of streams) await close();
  }),
);

Deno.test(
  "web workers - with the parent killed, even frozen workers are gone and the port is free",
  withWorkers({}, async (app, port) => {
    const pids = (await workersOf(app)).workers.map(({ pid }) => pid ?? 0);
    assert.equal(pids.filter(isAlive).length, 2);
    Deno.kill(pids[0] ?? 0, "SIGSTOP");
    await app.kill();
    await until("all are gone", () => pids.every((pid) => !isAlive(pid)));
    await until("a free port", () => {
      try {
        Deno.listen({ hostname: "127.0.0.1", port }).close();
        return true;
      } catch {
        return false;
      }
    });
  }),
);

Deno.test(
  "web workers - while the parent is frozen they answer pages and readyz reports it, open no stream and give no metrics",
  withWorkers({}, async (app) => {
    const isAnswered = (path: string, status: number) =>
      until(`${status} for ${path}`, async () => (await app.request(path))?.status === status, {
        timeoutMs: 30_000,
      });
    Deno.kill(app.pid, "SIGSTOP");
    try {
      await isAnswered("/healthz", 503);
      const page = await app.request("/status");
      assert.equal(page?.status, 200);
      assert.match(page.text, /the ingesting process does not answer/);
      assert.equal((await app.request("/metrics"))?.status, 503);
      const { response, close } = await open(app);
      assert.equal(response.status, 503);
      await close();
    } finally {
      Deno.kill(app.pid, "SIGCONT");
    }
    await isAnswered("/healthz", 200);
    await isAnswered("/metrics", 200);
  }),
);

Deno.test(
  "web workers - a second start on their port is refused, though they share it",
  withWorkers({}, async (app, port) => {
    const other = AppProcess.start(port, {
      WEB_WORKERS: "2",
      DATABASE_URL: "postgres://none@127.0.0.1:1/none",
      NATS_URL: "nats://127.0.0.1:1",
    });
    const { code, output } = await other.ended();
    assert.equal(code, 1);
    assert.match(output, new RegExp(`port ${port} is in use already`));
    assert.equal((await app.request("/healthz"))?.status, 200);
  }),
);
