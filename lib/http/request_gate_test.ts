import assert from "node:assert/strict";
import { FakeClock } from "../time/fake_clock.ts";
import {
  type GateOptions,
  MAX_HEADERS_LENGTH,
  MAX_URL_LENGTH,
  RequestGate,
} from "./request_gate.ts";
import { UnreadError } from "./unread_bodies.ts";
import type { Handler } from "./valid_request.ts";

const OPEN: GateOptions = { trustProxy: false, corsOrigins: [] };
const LIMITS = { total: 4, perAddress: 2, waiting: 2, waitingPerAddress: 1, timeoutMs: 10_000 };
const KILOBYTE = 1024;
/** Timeout of a test's sockets. */
const TIMEOUT_MS = 20_000;

type Info = Parameters<Handler>[1];

function from(hostname: string): Info {
  return {
    remoteAddr: { transport: "tcp", hostname, port: 1 },
    completed: Promise.resolve(),
  };
}

/** An application that counts its requests, and answers when the test lets it. */
function application() {
  const requested: Request[] = [];
  let release = () => {};
  let held: Promise<void> | null = null;
  return {
    requested,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      release = resolve;
    },
    release: () => release(),
    handler: async (request: Request) => {
      requested.push(request);
      await held;
      return new Response("ok\n");
    },
  };
}

async function statusOf(response: Response | Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

Deno.test("gate - a long URL is refused before anything of it is read", async () => {
  const app = application();
  const gate = new RequestGate(OPEN);
  const guarded = gate.guard(app.handler);
  for (const path of ["/", "/healthz", "/stream", "/api/candles"]) {
    const query = "a".repeat(MAX_URL_LENGTH);
    const refused = await guarded(new Request(`http://localhost${path}?${query}`), from("::1"));
    assert.equal(refused.status, 414);
    assert.equal(refused.headers.get("content-type"), "application/problem+json");
    assert.equal(refused.headers.get("x-content-type-options"), "nosniff");
    const text = await refused.text();
    assert.ok(text.length < 200 && !text.includes("aaa"), text);
  }
  assert.equal(app.requested.length, 0);
  assert.equal(gate.refused.long_url, 4);
  const longest = `http://localhost/stream?${"a".repeat(16_384)}`;
  assert.equal(await statusOf(guarded(new Request(longest), from("::1"))), 200);
});

Deno.test("gate - long headers are refused, however many share the length", async () => {
  const app = application();
  const gate = new RequestGate(OPEN);
  const guarded = gate.guard(app.handler);
  const one = { cookie: "a".repeat(MAX_HEADERS_LENGTH) };
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`x-${index}`, "a".repeat(200)]),
  );
  for (const headers of [one, many]) {
    const request = new Request("http://localhost/", { headers });
    assert.equal(await statusOf(guarded(request, from("::1"))), 431);
  }
  assert.equal(app.requested.length, 0);
  const request = new Request("http://localhost/", { headers: { cookie: "a".repeat(8192) } });
  assert.equal(await statusOf(guarded(request, from("::1"))), 200);
});

Deno.test("gate - requests beyond an address' share wait, then are refused with a time for the retry", async () => {
  const app = application();
  const clock = new FakeClock();
  const gate = new RequestGate({ ...OPEN, limits: LIMITS, corsOrigins: "*" }, clock);
  const guarded = gate.guard(app.handler);
  const send = (address: string) =>
    Promise.resolve(guarded(new Request("http://localhost/"), from(address)));
  app.hold();
  const admitted = [send("192.0.2.1"), send("192.0.2.1")];
  const waiting = send("192.0.2.1");
  const refused = await send("192.0.2.1");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
  const other = send("192.0.2.2");
  await clock.pass(LIMITS.timeoutMs);
  assert.equal(await statusOf(waiting), 429, "it waited for as long as it may");
  app.release();
  for (const one of [...admitted, other]) assert.equal(await statusOf(one), 200);
  assert.equal(await statusOf(send("192.0.2.1")), 200);
  assert.equal(gate.refused.address, 2);
  assert.equal(clock.timers, 0);
});

Deno.test("gate - streams and probes pass when nothing else does", async () => {
  const app = application();
  const gate = new RequestGate({ ...OPEN, limits: LIMITS }, new FakeClock());
  const guarded = gate.guard(app.handler);
  app.hold();
  const send = (path: string) =>
    Promise.resolve(guarded(new Request(`http://localhost${path}`), from("192.0.2.1")));
  const pages = [send("/"), send("/"), send("/")];
  const passing = ["/healthz", "/readyz", "/health", "/stream", "/stream/chart?a=b"].map(send);
  assert.equal(await statusOf(send("/streams")), 429);
  app.release();
  for (const one of [...pages, ...passing]) assert.equal(await statusOf(one), 200);
});

Deno.test("gate - probes are limited, generously, for each address", async () => {
  const app = application();
  const clock = new FakeClock();
  const gate = new RequestGate(OPEN, clock);
  const guarded = gate.guard(app.handler);
  const probe = (address: string) =>
    statusOf(guarded(new Request("http://localhost/healthz"), from(address)));
  let answered = 0;
  while (await probe("192.0.2.1") === 200) answered++;
  assert.ok(answered >= 100 && answered <= 1000, `${answered} probes in a burst`);
  assert.equal(await probe("192.0.2.2"), 200);
  await clock.pass(1000);
  assert.equal(await probe("192.0.2.1"), 200);
});

Deno.test("gate - an address behind a trusted proxy has its own share", async () => {
  const app = application();
  const gate = new RequestGate({ ...OPEN, trustProxy: true, limits: LIMITS }, new FakeClock());
  const guarded = gate.guard(app.handler);
  app.hold();
  const send = (forwarded: string) => {
    const headers = { "x-forwarded-for": forwarded };
    const request = new Request("http://localhost/", { headers });
    return Promise.resolve(guarded(request, from("10.0.0.1")));
  };
  const first = [send("192.0.2.1"), send("192.0.2.1")];
  const second = [send("192.0.2.2"), send("192.0.2.2")];
  app.release();
  for (const one of [...first, ...second]) assert.equal(await statusOf(one), 200);
});

Deno.test("gate - an error of the application is the server's to answer, and frees its place", async () => {
  const gate = new RequestGate({ ...OPEN, limits: LIMITS });
  const guarded = gate.guard(() => Promise.reject(new Error("broken")));
  for (let times = 0; times < 10; times++) {
    await assert.rejects(async () => {
      await guarded(new Request("http://localhost/"), from("192.0.2.1"));
    }, /broken/);
  }
  assert.equal(gate.refused.address, 0);
});

/** A real server behind a gate. */
async function withServer(
  handler: Handler,
  options: Partial<GateOptions>,
  use: (port: number, gate: RequestGate) => Promise<void>,
): Promise<void> {
  const gate = new RequestGate({ ...OPEN, ...options });
  const failures: unknown[] = [];
  const stop = new AbortController();
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    automaticCompression: true,
    signal: stop.signal,
    onListen() {},
    onError(error) {
      if (!(error instanceof UnreadError)) failures.push(error);
      return new Response(null, { status: 500 });
    },
  }, gate.guard(handler));
  try {
    await use(server.addr.port, gate);
    assert.deepEqual(failures, []);
  } finally {
    stop.abort();
    await server.finished;
  }
}

/** Sends bytes; returns the beginning of the answer. */
async function answerTo(port: number, request: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(request);
  void (async () => {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
  })().catch(() => {});
  const buffer = new Uint8Array(1024);
  const size = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, size ?? 0));
}

Deno.test("gate - a real server refuses long heads, and continues", async () => {
  const app = application();
  await withServer(app.handler, {}, async (port) => {
    const long = "a".repeat(60_000);
    const head = (path: string, headers = "") =>
      `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`;
    const heads: [string, number][] = [
      [head(`/healthz?${long}`), 414],
      [head(`/${long}`), 414],
      [head("/", `cookie: ${long}\r\n`), 431],
      // These are the HTTP server's own bounds.
      [head("/", `cookie: ${long.repeat(20)}\r\n`), 400],
      [head(`/${long.repeat(20)}`), 400],
      [head("/", Array.from({ length: 1000 }, (_, at) => `x-${at}: y\r\n`).join("")), 400],
    ];
    for (const [text, status] of heads) {
      const answer = await answerTo(port, text);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      if (status !== 400) assert.match(answer, /\r\nx-request-id: [\da-f-]{36}\r\n/i);
    }
    assert.equal(app.requested.length, 0);
    assert.match(await answerTo(port, head("/")), /^HTTP\/1\.1 200 /);
  });
});

Deno.test("gate - pages are the same bytes through a real server, compressed or not", async () => {
  const page = `<p>${"candle ".repeat(100_000)}</p>`;
  const headers = { "content-type": "text/html" };
  await withServer(() => new Response(page, { headers }), {}, async (port) => {
    for (const encoding of ["gzip", "br", "identity"]) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        headers: { "accept-encoding": encoding },
      });
      assert.equal(await answer.text(), page);
      const length = encoding === "identity" ? `${page.length}` : null;
      assert.equal(answer.headers.get("content-length"), length);
    }
    const head = await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" });
    assert.equal(await head.text(), "");
  });
});

Deno.test("gate - pipelined pages that are not read are held up to a bound, then cut off", async () => {
  // The kernel's buffers between the two take up to six megabytes of each: what is left of three does not fit.
  const page = new Uint8Array(16 * 1024 * KILOBYTE);
  const unread = {
    totalBytes: 64 * 1024 * KILOBYTE,
    bytesPerAddress: 20 * 1024 * KILOBYTE,
    unreadMs: 60_000,
  };
  await withServer(() => new Response(page), { unread }, async (port, gate) => {
    const requests = new TextEncoder().encode(
      "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(50),
    );
    const connections = await Promise.all(Array.from({ length: 10 }, async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(requests);
      return connection;
    }));
    try {
      const endMs = performance.now() + TIMEOUT_MS;
      while (gate.unread.cut < 8 && performance.now() < endMs) {
        assert.ok(gate.unread.bytes <= unread.bytesPerAddress, `${gate.unread.bytes} bytes held`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.ok(gate.unread.cut >= 8, `${gate.unread.cut} cut off`);
      assert.ok(gate.unread.bytes <= unread.bytesPerAddress);
    } finally {
      for (const connection of connections) connection.close();
    }
    // A client that reads is still served.
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal((await answer.bytes()).length, page.length);
  });
});

for (const path of ["/", "/stream", "/healthz"]) {
  Deno.test(`gate - a new connection is answered between thousands of pipelined requests of ${path}`, async () => {
    const CONNECTIONS = 40;
    const EACH = 250;
    let answered = 0;
    const application = async (request: Request, info: Info) => {
      if (request.headers.has("x-neighbour")) return new Response("well");
      // One request holds the only place, so that all others of its kind are refused.
      if (request.url.endsWith("held")) await held.promise;
      answered++;
      return new Response(info.remoteAddr.hostname);
    };
    const held = Promise.withResolvers<void>();
    const limits = { ...LIMITS, total: 1, perAddress: 1, waiting: 0, waitingPerAddress: 0 };
    await withServer(application, { limits }, async (port, gate) => {
      const url = `http://127.0.0.1:${port}`;
      const holder = fetch(`${url}/held`);
      const handled = () => answered + Object.values(gate.refused).reduce((sum, n) => sum + n, 0);
      const requests = new TextEncoder().encode(
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(EACH),
      );
      const connections = await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        await connection.write(requests);
        // Unread answers would keep the rest from being answered.
        void connection.readable.pipeTo(new WritableStream()).catch(() => {});
        return connection;
      }));
      const endMs = performance.now() + TIMEOUT_MS;
      while (handled() === 0 && performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve));
      }
      // Streams are not counted, and this one is answered like any.
      const neighbour = await fetch(`${url}/stream`, { headers: { "x-neighbour": "1" } });
      const before = handled();
      assert.equal(await neighbour.text(), "well");
      assert.ok(before < CONNECTIONS * EACH, `${before} were handled before it`);
      held.resolve();
      await (await holder).text();
      for (const connection of connections) connection.close();
    });
  });
}

Deno.test("gate - heads that never end do not keep other requests from being answered", async () => {
  const app = application();
  await withServer(app.handler, { limits: LIMITS }, async (port) => {
    const half = new TextEncoder().encode(`GET / HTTP/1.1\r\nx: ${"a".repeat(30_000)}`);
    const connections = await Promise.all(Array.from({ length: 100 }, async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(half);
      return connection;
    }));
    try {
      assert.equal(await statusOf(fetch(`http://127.0.0.1:${port}/`)), 200);
      assert.equal(app.requested.length, 1);
    } finally {
      for (const connection of connections) connection.close();
    }
  });
});
