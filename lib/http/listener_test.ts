import assert from "node:assert/strict";
import { Listener } from "./listener.ts";

/** A listener with a pending request, which it answers when the test decides. */
async function busyListener() {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const listener = new Listener({
    serve: { port: 0, hostname: "127.0.0.1" },
    handler() {
      arrived.resolve();
      return answer.promise;
    },
    tls: null,
    log: { info() {}, warn() {} },
  });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const text = fetch(url).then((response) => response.text());
  await arrived.promise;
  return { listener, url, text, letGo: () => answer.resolve(new Response("at last")) };
}

Deno.test("listener - a request that outlasts its shutdown holds it up no longer than it may", async () => {
  const { listener, url, text, letGo } = await busyListener();
  await listener.shutdown(20);
  await assert.rejects(fetch(url), TypeError, "no new connections");
  letGo();
  assert.equal(await text, "at last");
});

Deno.test("listener - requests that end in time are waited for", async () => {
  const { listener, text, letGo } = await busyListener();
  const shutdown = listener.shutdown(60_000);
  letGo();
  assert.equal(await text, "at last");
  await shutdown;
});
