import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { answerSubscription, SCRIPT_TIME_MS, ScriptedExchange } from "./fake_exchange.ts";
import { until, WatchedFeed } from "./test_feed.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");
const SOL = productId("SOL-USD");

Deno.test("feed session - a heartbeat names a product only after its answer and snapshot, or three seconds without", async () => {
  await using exchange = new ScriptedExchange({});
  await using watched = new WatchedFeed({ url: exchange.url, products: [BTC, ETH] });
  await until("subscribed", () => exchange.receivedAt.length === 2);
  const client = exchange.clients[0];
  assert.ok(client);
  client.heartbeat(SCRIPT_TIME_MS);
  client.answer(BTC, ETH);
  client.heartbeat(SCRIPT_TIME_MS + 1000);
  client.trades("snapshot", [BTC, 7]);
  client.heartbeat(SCRIPT_TIME_MS + 2000);
  client.heartbeat(SCRIPT_TIME_MS + 4000);
  await until("ready", () => watched.heartbeats.length === 2);
  assert.deepEqual(watched.heartbeats, [[BTC], [BTC, ETH]]);
});

Deno.test("feed session - a lost message is detected by the sequence, before what follows it, without reconnecting", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  await using watched = new WatchedFeed({ url: exchange.url, products: [BTC] });
  await until("snapshot", () => watched.tradeIds.length === 1);
  const client = exchange.clients[0];
  assert.ok(client);
  client.send("surprise");
  client.socket.send(JSON.stringify({
    channel: "heartbeats",
    sequence_num: 9,
    events: [{ current_time: new Date(SCRIPT_TIME_MS).toISOString() }],
  }));
  await until("heartbeat", () => watched.heartbeats.length === 1);
  assert.deepEqual(watched.events.slice(-2).map(({ kind }) => kind), ["loss", "heartbeat"]);
  assert.deepEqual(watched.story, ["open", "lost sequence"]);
  assert.deepEqual(watched.dropped, { channel: 1 });
  assert.equal(exchange.clients.length, 1);
});

Deno.test("feed session - a jump of the heartbeats' counter is a loss", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  await using watched = new WatchedFeed({ url: exchange.url, products: [BTC] });
  await until("snapshot", () => watched.tradeIds.length === 1);
  for (const counter of [3049, 3050, 3052]) exchange.clients[0]?.heartbeat(SCRIPT_TIME_MS, counter);
  await until("heartbeats", () => watched.heartbeats.length === 3);
  assert.deepEqual(watched.story, ["open", "lost heartbeat"]);
});

Deno.test("feed session - a subscription without an answer is a broken connection", async () => {
  await using exchange = new ScriptedExchange({
    received: (client) => client.heartbeat(SCRIPT_TIME_MS),
  });
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC],
    timings: { subscriptionMs: 100, silenceMs: 400 },
  });
  await until("closed", () => watched.story.length === 3);
  assert.deepEqual(watched.story, ["open", "lost disconnected", "closed subscription unanswered"]);
});

Deno.test("feed session - one product that the exchange refuses does not affect the others", async () => {
  const accepted: string[] = [];
  const clock = new FakeClock();
  await using exchange = new ScriptedExchange({
    received: (client, { product_ids = [] }) => {
      const requested = [product_ids].flat().map(String);
      if (requested.includes(ETH)) {
        client.socket.send(`{"type":"error","message":"no such product"}`);
      } else if (requested.length > 0) {
        accepted.push(...requested);
        client.answer(...accepted);
        client.trades("snapshot", ...requested.map((product): [string, number] => [product, 1]));
      }
    },
  });
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC, ETH, SOL],
    clock,
    timings: { subscriptionMs: 100 },
  });
  const stats = () => watched.feed.stats().connections[0];
  await until("both others ready, and it refused", async () => {
    // Slowly, so that the exchange has answered long before the connection is silent.
    await clock.pass(20);
    return stats()?.ready === 2 && stats()?.delivery.refused.size === 1;
  });
  const { state, refused } = stats()?.delivery ?? {};
  assert.equal(state, "up");
  assert.deepEqual([...refused ?? []], [[ETH, "no such product"]]);
  assert.deepEqual(watched.story, ["open"]);
  assert.deepEqual(watched.dropped, { error_message: 2 });
});

Deno.test("feed session - heartbeats that do not come are requested again", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  const requested = () =>
    exchange.clients[0]?.received.filter(({ channel }) => channel === "heartbeats").length;
  const clock = new FakeClock();
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC],
    clock,
    timings: { silenceMs: 200 },
  });
  await until("the subscription", () => exchange.receivedAt.length === 1);
  await clock.pass(10);
  await until("the first request", () => requested() === 1);
  // Trades come all the while: it is not the connection that is silent.
  for (const id of [2, 3, 4, 5]) {
    exchange.clients[0]?.trades("update", [BTC, id]);
    await until("its trade", () => watched.tradeIds.includes(id));
    await clock.pass(50);
  }
  await until("requested again", () => requested() === 2);
  assert.deepEqual(watched.story, ["open"]);
});
