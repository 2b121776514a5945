import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { post } from "./post.ts";

const KEY = new Uint8Array(32).fill(7);
const BODY = new TextEncoder().encode('{"type":"candle"}');
const NOW_MS = 1_795_420_000_500;
const NEVER = new AbortController().signal;

async function answered(respond: (request: Request) => Response | Promise<Response>) {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, respond);
  const url = `http://127.0.0.1:${server.addr.port}/candles`;
  return await post({ url, key: KEY }, "BTC-USD.ONE_MINUTE.7", BODY, NOW_MS, NEVER);
}

Deno.test("webhook post - a receiver can check the signature over id, time and body", async () => {
  const seen: { headers: Headers; body: string; method: string }[] = [];
  const outcome = await answered(async (request) => {
    const { headers, method } = request;
    seen.push({ headers, body: await request.text(), method });
    return new Response(null, { status: 204 });
  });
  assert.deepEqual(outcome, { kind: "delivered" });
  const [{ headers, body, method } = assert.fail()] = seen;
  assert.equal(method, "POST");
  assert.equal(body, '{"type":"candle"}');
  const { "webhook-id": id, "webhook-timestamp": time } = Object.fromEntries(headers);
  assert.equal(id, "BTC-USD.ONE_MINUTE.7");
  assert.equal(time, "1795420000");
  const mac = createHmac("sha256", KEY).update(`${id}.${time}.${body}`).digest("base64");
  assert.equal(headers.get("webhook-signature"), `v1,${mac}`);
});

Deno.test("webhook post - an answer shows whether the receiver or only the candle is refused", async () => {
  const kindOf = async (status: number, headers: Record<string, string> = {}) => {
    const outcome = await answered(() => new Response("no", { status, headers }));
    return [outcome.kind, outcome.kind === "down" ? outcome.retryAfterMs : null];
  };
  assert.deepEqual(await kindOf(200), ["delivered", null]);
  assert.deepEqual(await kindOf(400), ["refused", null]);
  assert.deepEqual(await kindOf(410), ["refused", null]);
  assert.deepEqual(await kindOf(302, { location: "http://127.0.0.1:1/" }), ["refused", null]);
  assert.deepEqual(await kindOf(429, { "retry-after": "7" }), ["down", 7000]);
  assert.deepEqual(await kindOf(503, { "retry-after": "soon" }), ["down", null]);
});

Deno.test("webhook post - a receiver that cannot be reached counts as down, and an abort ends the request", async () => {
  const target = { url: "http://127.0.0.1:1/", key: KEY };
  const outcome = await post(target, "id", BODY, NOW_MS, NEVER);
  assert.deepEqual(outcome, { kind: "down", reason: "it cannot be reached", retryAfterMs: null });
  await assert.rejects(post(target, "id", BODY, NOW_MS, AbortSignal.abort()));
});
