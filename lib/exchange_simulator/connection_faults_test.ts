import assert from "node:assert/strict";
import { startExchangeSimulator } from "./mod.ts";
import { openRawClient, tradesOf } from "./test_raw_client.ts";
import { jumps, missing, pass, settle, subscribed } from "./test_subscribed_client.ts";

Deno.test("simulator - silence drops heartbeats and trades, and the sequence shows it afterwards", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "silence", forMs: 5000 });
    simulator.advance(4500);
    client.subscribe("heartbeats");
    simulator.advance(1000);
    await settle(simulator, client);
    const beats = client.frames.filter((frame) => frame.includes("heartbeat_counter"));
    assert.ok(beats.length < 4, `${beats.length} heartbeats`);
    assert.equal(jumps(client), 1);
    assert.ok(missing(simulator, client).length > 0);
  }));

Deno.test("simulator - a stall holds frames back and then delivers all of them in order", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "stall", forMs: 5000 });
    simulator.advance(4900);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(client.frames.length, 3);
    simulator.advance(200);
    await settle(simulator, client);
    assert.equal(jumps(client), 0);
    assert.deepEqual(missing(simulator, client), []);
  }));

Deno.test("simulator - a cut closes one connection, and new ones can be refused for a while", () =>
  subscribed(async (simulator, client) => {
    const other = await openRawClient(simulator.wsUrl);
    const [first] = simulator.connectionIds;
    simulator.control({ command: "cut", connection: first, refuseForMs: 3000 });
    assert.equal(await client.closed, 1011);
    await assert.rejects(openRawClient(simulator.wsUrl), /refused/);
    assert.equal(simulator.stats.connectionsRefused, 1);
    simulator.advance(3000);
    const again = await openRawClient(simulator.wsUrl);
    assert.equal(simulator.connectionIds.length, 2);
    await again.close();
    await other.close();
  }));

Deno.test("simulator - with abrupt cuts a connection ends without a close frame", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "cut" });
    assert.equal(await client.closed, 1006);
    assert.equal(simulator.connectionIds.length, 0);
  }, { abruptCuts: true }));

Deno.test("simulator - a snapshot can be missing, or late", async () => {
  await using simulator = await startExchangeSimulator({ manual: true, historyHours: 0.1 });
  const client = await openRawClient(simulator.wsUrl);
  simulator.control({ command: "faults", rates: { missingSnapshot: 1 } });
  client.subscribe("market_trades", ["BTC-USD"]);
  await client.until(({ sequence_num }) => sequence_num === 0);
  simulator.control({
    command: "faults",
    rates: { missingSnapshot: 0, lateSnapshot: 1, snapshotDelayMs: 1500 },
  });
  client.subscribe("market_trades", ["BTC-USD"]);
  await client.until(({ sequence_num }) => sequence_num === 1);
  assert.equal(tradesOf(client, "snapshot").length, 0);
  simulator.advance(1500);
  await client.until(({ events }) => events?.[0]?.type === "snapshot");
  await client.close();
});

Deno.test("simulator - odd heartbeats have an ISO time and a number", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { oddHeartbeat: 1 }, 1000);
    const odd = client.frames.filter((frame) => /"heartbeat_counter":\d/.test(frame));
    assert.equal(odd.length, 1);
    assert.match(odd[0] ?? "", /"current_time":"2026-04-07T14:30:03Z"/);
  }));

Deno.test("simulator - a delisted product stops trading and cannot be subscribed to; a new one can", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "delist", product: "BTC-USD" });
    simulator.control({ command: "list", product: "NEW-USD", tradesPerSecond: 50 });
    client.subscribe("market_trades", ["NEW-USD"]);
    await client.until(({ events }) =>
      events?.[0]?.type === "snapshot" && events[0].trades?.length === 0
    );
    simulator.advance(3000);
    await settle(simulator, client);
    const products = new Set(tradesOf(client, "update").map((t) => t.product_id));
    assert.deepEqual(products, new Set(["NEW-USD"]));
    assert.deepEqual(simulator.products.filter((id) => /NEW|BTC/.test(id)), ["NEW-USD"]);
    client.subscribe("market_trades", ["BTC-USD"]);
    await client.until(({ type }) => type === "error");
    const answer = await fetch(`${simulator.restUrl}/market/products/BTC-USD`);
    assert.equal((await answer.json()).status, "delisted");
  }));

Deno.test("simulator - the exchange's clock can differ from ours", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "clock", byMs: 90_000 });
    await settle(simulator, client);
    assert.match(client.frames.at(-1) ?? "", /"current_time":"2026-04-07 14:31:33/);
    assert.deepEqual(missing(simulator, client), []);
  }));

Deno.test("simulator - connections can be cut by chance, and the batch of that moment is lost", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "faults", rates: { cutConnection: 1 } });
    simulator.advance(2000);
    assert.equal(await client.closed, 1011);
    assert.equal(tradesOf(client, "update").length, 0);
    assert.equal(simulator.stats.faults.cutConnection, 1);
  }));
