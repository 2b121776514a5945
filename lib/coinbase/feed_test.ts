import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import type { TradeFeed } from "../exchange/trade_feed.ts";
import { openTradeFeed } from "./feed.ts";
import { answerSubscription, ScriptedExchange } from "./fake_exchange.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { silentLog } from "./quiet_log.ts";
import { products, until, WatchedFeed } from "./test_feed.ts";
import { within } from "../../tests/harness/wait.ts";

const BTC = productId("BTC-USD");
const ETH = productId("ETH-USD");

Deno.test("feed - products are spread over connections, each subscribing its own and heartbeats", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  await using watched = new WatchedFeed({ url: exchange.url, products: products(45) });
  await until("all subscribed", () => exchange.receivedAt.length === 6);
  const requested = exchange.clients.map(({ received }) =>
    received.map(({ channel, product_ids }) => `${channel} ${[product_ids ?? []].flat().length}`)
  );
  assert.deepEqual(requested.map((messages) => messages[0]).sort(), [
    "market_trades 20",
    "market_trades 20",
    "market_trades 5",
  ]);
  assert.deepEqual(requested.map((messages) => messages[1]), Array(3).fill("heartbeats 0"));
  await until(
    "all ready",
    () =>
      watched.feed.stats().connections.every(({ ready, products }) => ready === products.length),
  );
});

Deno.test("feed - products come and go on the connections there are, new ones open and empty ones close", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  const all = products(6);
  const [first, second, third] = all;
  assert.ok(first && second && third);
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [first, second, third],
    productsPerConnection: 2,
  });
  const held = () => watched.feed.stats().connections.map(({ products }) => products);
  const ready = () => watched.feed.stats().connections.reduce((sum, { ready }) => sum + ready, 0);
  await until("ready", () => ready() === 3);
  watched.feed.setProducts([second, ...all.slice(2)]);
  await until("changed", () => ready() === 5);
  assert.deepEqual(held(), [[all[1], all[3]], [all[2], all[4]], [all[5]]]);
  const toFirst = exchange.clients.map(({ received }) =>
    received.filter(({ channel }) => channel === "market_trades")
  ).find(([subscribe]) => [subscribe?.product_ids].flat().includes(first));
  assert.deepEqual(toFirst?.slice(1).map(({ type, product_ids }) => [type, product_ids]), [
    ["unsubscribe", [all[0]]],
    ["subscribe", [all[3]]],
  ]);
  watched.feed.setProducts([third]);
  await until(
    "others closed",
    () => watched.story.filter((line) => line.startsWith("closed")).length === 2,
  );
  assert.deepEqual(held(), [[third]]);
  assert.equal(exchange.clients.length, 3);
  assert.equal(watched.story.some((line) => line.startsWith("lost")), false);
});

Deno.test("feed - neither connects nor messages exceed the exchange's limits", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  const clock = new FakeClock();
  const connectsMs: number[] = [];
  const messagesMs: number[] = [];
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: products(10),
    productsPerConnection: 1,
    connectsPerSecond: undefined,
    messagesPerSecond: undefined,
    clock,
    timings: { connectMs: 3_600_000, silenceMs: 3_600_000 },
    log: {
      ...silentLog,
      debug: (_, { state } = {}) => {
        if (state === "connecting") connectsMs.push(clock.now());
      },
    },
    // Each message is signed as it is sent.
    sign: () => {
      messagesMs.push(clock.now());
      return Promise.resolve("signature");
    },
  });
  await until("all subscribed", async () => {
    await clock.pass(20);
    return exchange.receivedAt.length === 20;
  });
  assert.deepEqual([connectsMs.length, messagesMs.length], [10, 20]);
  for (const times of [connectsMs, messagesMs]) {
    for (const begin of times) {
      const within = times.filter((at) => at >= begin && at < begin + 1000).length;
      assert.ok(within <= 8, `${within} within a second`);
    }
  }
  assert.deepEqual([...new Set(watched.story)], ["open"]);
});

Deno.test("feed - each message carries its own signature", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  let signed = 0;
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC],
    sign: () => Promise.resolve(`signature ${++signed}`),
  });
  await until("subscribed", () => exchange.receivedAt.length === 2);
  assert.deepEqual(exchange.clients[0]?.received.map(({ jwt }) => jwt), [
    "signature 1",
    "signature 2",
  ]);
  assert.deepEqual(watched.story, ["open"]);
});

Deno.test("feed - a failed signature ends the connection and shows nothing of the secret", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  await using watched = new WatchedFeed({
    url: exchange.url,
    products: [BTC],
    sign: () => Promise.reject(new TypeError("secret")),
  });
  await until("closed", () => watched.story.length >= 3);
  assert.equal(watched.story[2], "closed subscribing failed: TypeError");
});

Deno.test("feed - a reader that is too slow loses the newest trades and gets a loss in their place", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  await using feed = closing(openTradeFeed({ url: exchange.url, products: [BTC], capacity: 5 }));
  await until("snapshot", () => feed.stats().connections[0]?.ready === 1);
  for (let id = 2; id <= 20; id++) exchange.clients[0]?.trades("update", [BTC, id]);
  await until("overflow", () => feed.stats().overflowed > 0 && feed.stats().losses.overflow === 1);
  await until("all arrived", () => feed.stats().queued + feed.stats().overflowed >= 20);
  const reader = feed[Symbol.asyncIterator]();
  const seen: string[] = [];
  for (let events = feed.stats().queued; events > 0; events = feed.stats().queued) {
    const { value } = await within("a queued event", reader.next());
    if (value.kind === "trades") seen.push(`${value.trades[0]?.tradeId}`);
    else if (value.kind === "loss") seen.push(`${value.reason} ${value.products}`);
  }
  assert.deepEqual(seen, ["1", "2", "3", "overflow BTC-USD"]);
  exchange.clients[0]?.trades("update", [BTC, 21]);
  const { value } = await reader.next();
  assert.equal(value.kind === "trades" && value.trades[0]?.tradeId, 21);
});

Deno.test("feed - closing ends the iteration and the sockets, and may be repeated", async () => {
  await using exchange = new ScriptedExchange({ received: answerSubscription });
  const closer = new AbortController();
  const watched = new WatchedFeed({ url: exchange.url, products: [BTC], signal: closer.signal });
  await until("ready", () => watched.feed.stats().connections[0]?.ready === 1);
  closer.abort();
  await watched[Symbol.asyncDispose]();
  await watched.feed.close();
  watched.feed.setProducts([ETH]);
  assert.equal(watched.story.at(-1), "closed closed by us");
  assert.equal(exchange.clients[0]?.socket.readyState, WebSocket.CLOSED);
});

Deno.test("feed - an address that is not a WebSocket's is refused immediately", () => {
  assert.throws(() => openTradeFeed({ url: "https://example.com", products: [] }), TypeError);
});

function closing(feed: TradeFeed): TradeFeed & AsyncDisposable {
  return Object.assign(feed, { [Symbol.asyncDispose]: () => feed.close() });
}
