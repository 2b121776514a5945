import assert from "node:assert/strict";
import { type ExchangeSimulator, type SimulatorOptions, startExchangeSimulator } from "./mod.ts";
import { openRawClient, type RawClient, sequenceNumbers, tradesOf } from "./test_raw_client.ts";

const START = Date.UTC(2026, 3, 7, 14, 30, 2);

/** A simulator whose time the test moves, and one client. */
async function withClient(
  options: SimulatorOptions,
  test: (simulator: ExchangeSimulator, client: RawClient) => Promise<void>,
): Promise<void> {
  await using simulator = await startExchangeSimulator({
    manual: true,
    clock: { startAt: START },
    historyHours: 0.05,
    tradesPerSecond: 100,
    ...options,
  });
  const client = await openRawClient(simulator.wsUrl);
  await test(simulator, client);
  await client.close();
}

Deno.test("simulator - a subscribe is answered with the full set, then a snapshot, newest first", () =>
  withClient({}, async (simulator, client) => {
    client.subscribe("market_trades", ["BTC-USD"]);
    client.subscribe("heartbeats");
    client.subscribe("market_trades", ["ETH-USD", "PEPE-USD"]);
    const answer = await client.until(({ channel, sequence_num }) =>
      channel === "subscriptions" && sequence_num === 3
    );
    assert.deepEqual(answer.events?.[0]?.subscriptions, {
      market_trades: ["BTC-USD", "ETH-USD", "PEPE-USD"],
      heartbeats: ["heartbeats"],
    });
    await client.until(({ sequence_num }) => sequence_num === 4);
    const trades = tradesOf(client, "snapshot");
    assert.deepEqual(
      new Set(trades.map((t) => t.product_id)),
      new Set(["BTC-USD", "ETH-USD", "PEPE-USD"]),
    );
    const btc = trades.filter((t) => t.product_id === "BTC-USD");
    assert.equal(btc.length, 50);
    const newest = [...simulator.truth.trades("BTC-USD")].slice(-50).reverse();
    assert.deepEqual(
      btc,
      newest.map((t) => ({
        trade_id: t.tradeId,
        product_id: t.productId,
        price: t.price,
        size: t.size,
        side: t.side,
        time: t.time,
      })),
    );
    assert.match(btc[0]?.price ?? "", /^\d+\.\d{2}$/);
    assert.match(btc[0]?.size ?? "", /^\d+\.\d{8}$/);
  }));

Deno.test("simulator - a snapshot has every trade until it is made, however late the next batch is", async () => {
  // A batch an hour: on a machine that is busy elsewhere, time passes without one.
  await using simulator = await startExchangeSimulator({
    batchMs: 3_600_000,
    tradesPerSecond: 1000,
    historyHours: 0.05,
  });
  const client = await openRawClient(simulator.wsUrl);
  const before = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.subscribe("market_trades", ["BTC-USD"]);
  await client.until(({ channel }) => channel === "market_trades");
  const [newest] = tradesOf(client, "snapshot");
  assert.ok(Date.parse(newest?.time ?? "") > before, `${newest?.time} is the newest`);
  await client.close();
});

Deno.test("simulator - a snapshot can come as one message for each product", () =>
  withClient({ snapshotPer: "product", snapshotTrades: 5 }, async (_simulator, client) => {
    client.subscribe("market_trades", ["BTC-USD", "ETH-USD"]);
    await client.until(({ sequence_num }) => sequence_num === 2);
    const [, first, second] = client.frames.map((frame) => JSON.parse(frame));
    for (const [frame, id] of [[first, "BTC-USD"], [second, "ETH-USD"]]) {
      const products = frame.events[0].trades.map((t: { product_id: string }) => t.product_id);
      assert.deepEqual(products, Array(5).fill(id));
    }
  }));

Deno.test("simulator - snapshot and updates together are every trade, in one unbroken sequence", () =>
  withClient({}, async (simulator, client) => {
    client.subscribe("market_trades", ["BTC-USD", "SOL-USD"]);
    await client.until(({ sequence_num }) => sequence_num === 1);
    client.subscribe("heartbeats");
    await client.until(({ sequence_num }) => sequence_num === 2);
    simulator.advance(10_000);
    await client.until(({ timestamp }) => timestamp === "2026-04-07T14:30:12Z");
    const numbers = sequenceNumbers(client);
    assert.deepEqual(numbers, numbers.map((_, i) => i));
    for (const id of ["BTC-USD", "SOL-USD"]) {
      const got = tradesOf(client).filter((t) => t.product_id === id).map((t) => t.trade_id);
      const made = [...simulator.truth.trades(id)].map((t) => t.tradeId).slice(-got.length);
      assert.deepEqual(got.toSorted(), made.toSorted());
      assert.ok(got.length > 60);
    }
  }));

Deno.test("simulator - heartbeats count by one each second, in Go's time format", () =>
  withClient({}, async (simulator, client) => {
    client.subscribe("heartbeats");
    await client.until(({ channel }) => channel === "subscriptions");
    simulator.advance(5000);
    await client.until(({ sequence_num }) => sequence_num === 5);
    const beats = client.frames.slice(1).map((frame) => JSON.parse(frame).events[0]);
    const first = Number(beats[0].heartbeat_counter);
    assert.deepEqual(
      beats.map((beat) => beat.heartbeat_counter),
      [0, 1, 2, 3, 4].map((i) => String(first + i)),
    );
    assert.match(
      beats[0].current_time,
      /^2026-04-07 14:30:03\.000000000 \+0000 UTC m=\+\d+(\.\d+)?$/,
    );
  }));

Deno.test("simulator - an unsubscribe is answered with what is left, and ends the trades", () =>
  withClient({}, async (simulator, client) => {
    client.subscribe("market_trades", ["BTC-USD"]);
    await client.until(({ sequence_num }) => sequence_num === 1);
    client.send(`{"type":"unsubscribe","channel":"market_trades","product_ids":["BTC-USD"]}`);
    const answer = await client.until(({ sequence_num }) => sequence_num === 2);
    assert.deepEqual(answer.events?.[0]?.subscriptions, {});
    client.subscribe("heartbeats");
    await client.until(({ sequence_num }) => sequence_num === 3);
    simulator.advance(2000);
    await client.until(({ sequence_num }) => sequence_num === 5);
    assert.deepEqual(tradesOf(client, "update"), []);
  }));

Deno.test("simulator - a -USDC product's trades arrive as its -USD twin's", () =>
  withClient({}, async (simulator, client) => {
    client.subscribe("market_trades", ["BTC-USDC"]);
    await client.until(({ sequence_num }) => sequence_num === 1);
    simulator.advance(1000);
    await client.until(({ events }) => events?.[0]?.type === "update");
    assert.deepEqual(new Set(tradesOf(client).map((t) => t.product_id)), new Set(["BTC-USD"]));
  }));

Deno.test("simulator - bad subscribes are answered with an error that has no channel", () =>
  withClient({}, async (_simulator, client) => {
    for (
      const text of [
        "{",
        "7",
        `{"type":"sell"}`,
        `{"type":"subscribe","channel":"level9","product_ids":["BTC-USD"]}`,
        `{"type":"subscribe","channel":"market_trades","product_ids":"BTC-USD"}`,
        `{"type":"subscribe","channel":"market_trades","product_ids":["NO-USD"]}`,
        `{"type":"subscribe","channel":"market_trades"}`,
      ]
    ) {
      client.frames.length = 0;
      client.send(text);
      const answer = await client.until(({ type }) => type === "error");
      assert.equal(answer.channel, undefined, text);
      assert.ok(answer.message, text);
    }
  }));

Deno.test("simulator - what clients send is kept for tests, jwt and all", () =>
  withClient({}, async (simulator, client) => {
    client.subscribe("market_trades", ["BTC-USD"], { jwt: "a.b.c" });
    await client.until(({ channel }) => channel === "subscriptions");
    assert.deepEqual(simulator.stats.requests, [{
      connection: simulator.connectionIds[0],
      type: "subscribe",
      channel: "market_trades",
      productIds: ["BTC-USD"],
      jwt: "a.b.c",
    }]);
  }));

Deno.test("simulator - a connection that subscribes to nothing is closed", () =>
  withClient({ subscribeTimeoutMs: 5000 }, async (simulator, client) => {
    simulator.advance(5000);
    assert.equal(simulator.connectionIds.length, 1);
    simulator.advance(1000);
    assert.equal(await client.closed, 1008);
  }));

Deno.test("simulator - with limits, more than eight messages a second are refused", () =>
  withClient({ limits: true }, async (_simulator, client) => {
    for (let i = 0; i < 9; i++) client.subscribe("heartbeats");
    const answer = await client.until(({ type }) => type === "error");
    assert.match(answer.message ?? "", /rate limit/);
    assert.equal(sequenceNumbers(client).length, 8);
  }));

Deno.test("simulator - without `advance`, exchange time passes at the speed of its clock", async () => {
  await using simulator = await startExchangeSimulator({
    clock: { startAt: START, speed: 600 },
    batchMs: 25,
    products: 3,
  });
  const client = await openRawClient(simulator.wsUrl);
  client.subscribe("heartbeats");
  client.subscribe("market_trades", ["BTC-USD"]);
  await client.until(({ events }) => (events?.[0]?.current_time ?? "") >= "2026-04-07 14:31");
  await client.close();
  const trades = tradesOf(client, "update");
  assert.ok(trades.some(({ time }) => time >= "2026-04-07T14:31"), `${trades.length} trades`);
});

Deno.test("simulator - an exchange that is started again makes the trades it made before", async () => {
  const until = START / 1000 + 60;
  const tradesOfRun = async () => {
    await using simulator = await startExchangeSimulator({
      // So fast that what passes before the first trade counts.
      clock: { startAt: START, speed: 1000 },
      products: ["BTC-USD"],
      historyHours: 0.05,
      tradesPerSecond: 100,
    });
    simulator.advance(60_000);
    return [...simulator.truth.trades("BTC-USD", { to: until })];
  };
  const trades = await tradesOfRun();
  assert.ok(trades.length > 1000);
  assert.deepEqual(await tradesOfRun(), trades);
});
