import assert from "node:assert/strict";
import { Listener } from "./listener.ts";

const LOCAL = { port: 0, hostname: "127.0.0.1" };
const log = { info() {}, warn() {} };

Deno.test("listener - a request that outlasts its shutdown holds it up no longer than it may", async () => {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const handler = () => {
    arrived.resolve();
    return answer.promise;
  };
  const listener = new Listener({ serve: LOCAL, handler, tls: null, log });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const slow = fetch(url).then((response) => response.text());
  await arrived.promise;
  await listener.shutdown(20);
  await assert.rejects(fetch(url), TypeError, "no more connections");
  answer.resolve(new Response("at last"));
  assert.equal(await slow, "at last");
});

Deno.test("listener - requests that end in time are waited for", async () => {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const handler = () => {
    arrived.resolve();
    return answer.promise;
  };
  const listener = new Listener({ serve: LOCAL, handler, tls: null, log });
  const response = fetch(`http://127.0.0.1:${listener.addr.port}`);
  await arrived.promise;
  const shutdown = listener.shutdown(60_000);
  answer.resolve(new Response("in time"));
  assert.equal(await (await response).text(), "in time");
  await shutdown;
});
