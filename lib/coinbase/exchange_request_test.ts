import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import type { ExchangeRestOptions } from "./rest.ts";
import { ExchangeError, openExchangeRest } from "./rest.ts";
import { MAX_BODY_BYTES } from "./exchange_request.ts";
import { RestServer } from "./fake_rest_server.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { until } from "../../tests/harness/wait.ts";

const BTC = productId("BTC-USD");
/** Longer than any answer takes on a busy machine. */
const NEVER_MS = 3_600_000;

const GOOD = () => Response.json({ trades: [] });

function openRest(server: RestServer, options: Partial<ExchangeRestOptions> = {}) {
  return openExchangeRest({
    url: server.url,
    requestsPerSecond: 1000,
    random: () => 0,
    ...options,
    timings: { retryMs: 5, timeoutMs: NEVER_MS, ...options.timings },
  });
}

async function failure(promise: Promise<unknown>): Promise<ExchangeError> {
  const error = await promise.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ExchangeError, String(error));
  return error;
}

function page(status: number): Response {
  const headers = { "content-type": "text/html; charset=utf-8" };
  return new Response("<html>Request blocked</html>", { status, headers });
}

/** Failures that may pass: their name in the counts, and an answer that is given once before a good one. */
const PASSING: readonly [what: string, fault: string, () => Response | Promise<Response>][] = [
  ["an error of the exchange", "http_500", () => new Response("oops", { status: 500 })],
  ["a busy exchange", "http_503", () => new Response("<html>busy</html>", { status: 503 })],
  ["a refusal for the rate", "http_429", () => new Response("slow down", { status: 429 })],
  ["a firewall's page", "http_403", () => page(403)],
  ["another firewall's page", "http_401", () => page(401)],
  ["a page instead of data", "broken_body", () => new Response("<html>fine</html>")],
  ["half an answer", "broken_body", () => new Response(`{"trades":[`)],
  ["an error that claims success", "broken_body", () => Response.json({ error: "no" })],
  [
    "a connection that breaks",
    "network",
    () => new Response(new ReadableStream({ pull: (stream) => stream.error("cut") })),
  ],
];

for (const [what, fault, answer] of PASSING) {
  Deno.test(`exchange request - ${what} is retried`, async () => {
    await using server = new RestServer((_, nth) => nth === 0 ? answer() : GOOD());
    const rest = openRest(server);
    assert.deepEqual((await rest.trades(BTC, { limit: 1 })).trades, []);
    assert.deepEqual(rest.stats().outcomes, { [fault]: 1, ok: 1 });
  });
}

Deno.test("exchange request - an answer that is late is retried", async () => {
  const late = Promise.withResolvers<Response>();
  await using server = new RestServer((_, nth) => nth === 0 ? late.promise : GOOD());
  const clock = new FakeClock();
  const rest = openRest(server, { clock, timings: { timeoutMs: 200 } });
  const request = rest.trades(BTC, { limit: 1 });
  await until("the first attempt", () => server.requests.length === 1, { everyMs: 1 });
  await clock.pass(199);
  assert.deepEqual(rest.stats().outcomes, {});
  await clock.pass(1);
  await until("its end", () => rest.stats().outcomes.timeout === 1, { everyMs: 1 });
  await clock.pass(5);
  assert.deepEqual((await request).trades, []);
  assert.deepEqual(rest.stats().outcomes, { timeout: 1, ok: 1 });
  late.resolve(GOOD());
});

Deno.test("exchange request - after five attempts it fails, naming status and reason and nothing of the body", async () => {
  await using server = new RestServer(() => new Response("secret", { status: 502 }));
  const error = await failure(openRest(server).trades(BTC, { limit: 1 }));
  assert.equal(error.status, 502);
  assert.equal(error.reason, "http_502");
  assert.equal(server.requests.length, 5);
  assert.doesNotMatch(Deno.inspect(error), /secret/);
});

Deno.test("exchange request - a broken body that stays broken is named so, and nothing of it", async () => {
  await using server = new RestServer(() => new Response("secret"));
  const error = await failure(openRest(server).trades(BTC, { limit: 1 }));
  assert.equal(error.reason, "broken_body");
  assert.doesNotMatch(Deno.inspect(error), /secret/);
});

Deno.test("exchange request - a request that is wrong is not repeated", async () => {
  await using server = new RestServer(() => new Response("no", { status: 400 }));
  const error = await failure(openRest(server).trades(BTC, { limit: 1 }));
  assert.equal(error.reason, "http_400");
  assert.equal(server.requests.length, 1);
});

Deno.test("exchange request - the waits between attempts grow", async () => {
  await using server = new RestServer(() => new Response("", { status: 500 }));
  await failure(openRest(server, { timings: { retryMs: 40 } }).trades(BTC, { limit: 1 }));
  const waits = server.requests.slice(1).map(({ at }, i) => at - (server.requests[i]?.at ?? 0));
  [40, 80, 160, 320].forEach((ms, i) => assert.ok((waits[i] ?? 0) >= ms - 2, `${waits}`));
});

Deno.test("exchange request - retry-after holds back every request, up to the longest wait", async () => {
  await using server = new RestServer((_, nth) =>
    nth === 0 ? new Response("", { status: 429, headers: { "retry-after": "3600" } }) : GOOD()
  );
  const rest = openRest(server, { timings: { retryMaxMs: 250 } });
  const first = rest.trades(BTC, { limit: 1 });
  await until("a refusal", () => rest.stats().outcomes.http_429 !== undefined, { everyMs: 1 });
  await Promise.all([first, rest.trades(BTC, { limit: 1 })]);
  const [refused, second, third] = server.requests.map(({ at }) => at);
  assert.ok(Math.min(second ?? 0, third ?? 0) - (refused ?? 0) >= 240);
});

Deno.test("exchange request - retry-after as a date counts from the answer's own date", async () => {
  const headers = {
    date: "Tue, 07 Apr 2026 14:30:05 GMT",
    "retry-after": "Tue, 07 Apr 2026 14:30:06 GMT",
  };
  await using server = new RestServer((_, nth) =>
    nth === 0 ? new Response("", { status: 429, headers }) : GOOD()
  );
  await openRest(server).trades(BTC, { limit: 1 });
  assert.ok((server.requests[1]?.at ?? 0) - (server.requests[0]?.at ?? 0) >= 990);
});

Deno.test("exchange request - a body that is too long is not read to its end", async () => {
  let sent = 0;
  const piece = new Uint8Array(1024 * 1024);
  await using server = new RestServer(() =>
    new Response(
      new ReadableStream({
        pull(stream) {
          sent += piece.length;
          stream.enqueue(piece);
          if (sent > 10 * MAX_BODY_BYTES) stream.close();
        },
      }),
    )
  );
  const error = await failure(openRest(server).trades(BTC, { limit: 1 }));
  assert.equal(error.reason, "body_too_large");
  assert.ok(sent < 5 * MAX_BODY_BYTES, `${sent} bytes were sent`);
});

Deno.test("exchange request - an address without a server is a network error after all attempts", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const rest = openExchangeRest({ url, requestsPerSecond: 1000, timings: { retryMs: 1 } });
  const error = await failure(rest.trades(BTC, { limit: 1 }));
  assert.deepEqual([error.reason, error.status], ["network", null]);
  assert.deepEqual(rest.stats().outcomes, { network: 5 });
});

Deno.test("exchange request - an aborted request ends immediately with the signal's reason, and so does a closed rest", async () => {
  const answer = Promise.withResolvers<void>();
  await using server = new RestServer(() => answer.promise.then(GOOD));
  const closer = new AbortController();
  const rest = openRest(server, { signal: closer.signal });
  const one = new AbortController();
  const aborted = rest.trades(BTC, { limit: 1, signal: one.signal });
  const other = rest.trades(BTC, { limit: 1 });
  await until("both requests", () => server.requests.length === 2, { everyMs: 1 });
  one.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  answer.resolve();
  await other;
  assert.deepEqual(rest.stats().outcomes, { aborted: 1, ok: 1 });
  closer.abort(new Error("closed"));
  await assert.rejects(rest.trades(BTC, { limit: 1 }), /closed/);
});

Deno.test("exchange request - the higher priority goes first, a full queue fails immediately", async () => {
  await using server = new RestServer(GOOD);
  const rest = openRest(server, { requestsPerSecond: 20, capacity: 3 });
  const request = (limit: number, priority: number) => rest.trades(BTC, { limit, priority });
  const requests = [request(1, 0), request(2, 0), request(3, 0), request(4, 1)];
  const error = await failure(request(5, 9));
  assert.equal(error.reason, "queue_full");
  await Promise.all(requests);
  const order = server.requests.map(({ url }) => url.searchParams.get("limit"));
  assert.deepEqual(order, ["1", "4", "2", "3"]);
});

Deno.test("exchange request - the rate holds for retries too", async () => {
  await using server = new RestServer(() => new Response("", { status: 500 }));
  const clock = new FakeClock();
  const sentMs: number[] = [];
  const rest = openRest(server, {
    requestsPerSecond: 20,
    clock,
    fetch: (input, init) => {
      sentMs.push(clock.now());
      return fetch(input, init);
    },
    timings: { retryMs: 1 },
  });
  let failed = 0;
  for (let i = 0; i < 6; i++) rest.trades(BTC, { limit: 1 }).catch(() => failed++);
  await until("all failures", async () => {
    // Answers come in real time, between the steps.
    await clock.pass(5);
    return failed === 6;
  }, { everyMs: 1 });
  assert.equal(server.requests.length, 30);
  for (const begin of sentMs) {
    const within = sentMs.filter((at) => at >= begin && at < begin + 1000).length;
    assert.ok(within <= 20, `${within} within a second`);
  }
});
