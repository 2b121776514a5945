import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { silentLog } from "./quiet_log.ts";
import { answerSubscription, ScriptedExchange } from "./fake_exchange.ts";
import { products, until, WatchedFeed } from "./test_feed.ts";

const BTC = productId("BTC-USD");

Deno.test("feed connection - a connection that falls silent is given up, and its late messages are ignored", async () => {
  await using exchange = new ScriptedExchange({
    connected: ({ nth }) => nth === 1 && exchange.clients[0]?.trades("update", [BTC, 666]),
    received: answerSubscription,
  });
  const clock = new FakeClock();
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC],
    clock,
    timings: { silenceMs: 200, backoffMinMs: 20 },
  });
  await until("its snapshot", () => watched.tradeIds.length === 1);
  await clock.pass(200 + 20);
  await until("reconnected", () => watched.tradeIds.length === 2);
  assert.deepEqual(watched.tradeIds, [1, 1]);
  assert.deepEqual(watched.story.slice(0, 4), [
    "open",
    "lost disconnected",
    "closed silent",
    "open",
  ]);
});

Deno.test("feed connection - after any end the next attempt waits, longer each time until data has come", async () => {
  await using exchange = new ScriptedExchange({
    connected: ({ nth, socket }) => nth !== 3 && socket.close(1000),
    received: (client, message) => {
      answerSubscription(client, message);
      if (client.nth === 3) client.socket.close(1000);
    },
  });
  const clock = new FakeClock();
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC],
    clock,
    timings: { backoffMinMs: 100, backoffMaxMs: 2000 },
  });
  const ends = () => watched.story.filter((line) => line.startsWith("closed")).length;
  const state = () => watched.feed.stats().connections[0]?.state;
  // Data starts the waits over.
  for (const [before, waitMs] of [100, 200, 400, 100, 200].entries()) {
    await until("an end", () => ends() === before + 1);
    await clock.pass(waitMs - 1);
    assert.equal(state(), "closed", `${waitMs - 1} ms after end ${before + 1}`);
    await clock.pass(1);
    assert.equal(state(), "connecting", `${waitMs} ms after end ${before + 1}`);
  }
  await until("six attempts", () => exchange.connectedAt.length === 6);
  assert.equal(
    watched.story.filter((line) => line === "closed closed by the exchange (1000)").length >= 5,
    true,
  );
});

Deno.test("feed connection - a connect that hangs is given up", async () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `ws://127.0.0.1:${listener.addr.port}`;
  await using watched = new WatchedFeed({ url, products: [BTC], timings: { connectMs: 100 } });
  await until("given up", () => watched.story.length === 2);
  assert.deepEqual(watched.story, Array(2).fill("closed no connection in time"));
});

Deno.test("feed connection - without an exchange there is one line, then silent retries, and one line when it is back", async () => {
  const port = freePort();
  const lines: string[] = [];
  const log = {
    ...silentLog,
    warn: (message: string) => void lines.push(message),
    info: (message: string) => void lines.push(message),
  };
  const url = `ws://127.0.0.1:${port}`;
  await using watched = new WatchedFeed({ url, products: products(30), log });
  const attempts = () => watched.feed.stats().connections.map(({ attempts }) => attempts);
  await until("tried on", () => attempts().every((count) => count >= 3));
  assert.deepEqual(lines, ["the trade feed cannot be reached; retrying"]);
  assert.ok(watched.feed.stats().connections[0]?.lastError);
  await using _exchange = new ScriptedExchange({ received: answerSubscription }, port);
  await until("reached", () => watched.story.filter((line) => line === "open").length === 2);
  assert.equal(lines[1], "the trade feed is reached again");
  assert.equal(lines.length, 2);
});

function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return port;
}
