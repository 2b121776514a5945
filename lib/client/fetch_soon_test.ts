import assert from "node:assert/strict";
import { mock } from "node:test";
import { fetchSoon } from "./fetch_soon.ts";

/** A server whose first answer never begins, and whose others begin and never end. */
function silentServer() {
  const asked = Promise.withResolvers<void>();
  let requests = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    if (requests++ > 0) {
      return new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }));
    }
    asked.resolve();
    return new Promise<Response>(() => {});
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, asked: asked.promise, server };
}

Deno.test("client - a request that is not answered is given up, and an answer may take its time", async () => {
  const { url, asked, server } = silentServer();
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const unanswered = fetchSoon(url, new AbortController());
    await asked;
    mock.timers.tick(45_000);
    await assert.rejects(unanswered, { name: "AbortError" });
    const stop = new AbortController();
    const { body } = await fetchSoon(url, stop);
    const reader = body?.getReader();
    await reader?.read();
    mock.timers.tick(45_000);
    assert.ok(!stop.signal.aborted);
    const next = reader?.read();
    stop.abort();
    await assert.rejects(next ?? Promise.resolve(), { name: "AbortError" });
  } finally {
    mock.timers.reset();
    void server.shutdown();
  }
});
