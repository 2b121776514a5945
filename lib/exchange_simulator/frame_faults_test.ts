import assert from "node:assert/strict";
import { CORRUPTIONS, GARBAGE } from "./mod.ts";
import { sequenceNumbers, tradesOf } from "./test_raw_client.ts";
import {
  counts,
  jumps,
  missing,
  pass,
  settle,
  START,
  subscribed,
} from "./test_subscribed_client.ts";

Deno.test("simulator - dropped frames use up their sequence numbers, and their trades are lost", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { dropFrame: 0.3 });
    const numbers = sequenceNumbers(client);
    const last = numbers.at(-1) ?? 0;
    assert.equal(last + 1 - numbers.length, counts(simulator, "dropFrame"));
    assert.ok(counts(simulator, "dropFrame") > 5);
    assert.ok(missing(simulator, client).length > 0);
  }));

Deno.test("simulator - an exact number of frames of one channel can be dropped", () =>
  subscribed(async (simulator, client) => {
    simulator.control({ command: "dropFrames", count: 3, channel: "market_trades" });
    simulator.advance(5000);
    await settle(simulator, client);
    assert.equal(counts(simulator, "dropFrame"), 3);
    assert.equal(client.frames.filter((frame) => frame.includes("heartbeat_counter")).length, 6);
    assert.ok(jumps(client) >= 1);
  }));

Deno.test("simulator - duplicated frames are the same text twice", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { duplicateFrame: 0.5 });
    const duplicates = client.frames.length - new Set(client.frames).size;
    assert.equal(duplicates, counts(simulator, "duplicateFrame"));
    assert.ok(duplicates > 5);
    assert.deepEqual(missing(simulator, client), []);
  }));

Deno.test("simulator - reordered and delayed frames all arrive, out of sequence", async () => {
  for (const rates of [{ reorderFrame: 0.3 }, { delayFrame: 0.3, delayMs: 700 }]) {
    await subscribed(async (simulator, client) => {
      await pass(simulator, client, rates);
      const numbers = sequenceNumbers(client);
      assert.notDeepEqual(numbers, numbers.toSorted((a, b) => a - b));
      assert.deepEqual(numbers.toSorted((a, b) => a - b), numbers.map((_, i) => i));
      assert.deepEqual(missing(simulator, client), []);
    });
  }
});

Deno.test("simulator - batches can be split, merged and shuffled without losing a trade", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { splitBatch: 0.5, mergeBatch: 0.3, shuffleTrades: 0.5 });
    for (const name of ["splitBatch", "mergeBatch", "shuffleTrades"]) {
      assert.ok(counts(simulator, name) > 3, name);
    }
    assert.equal(jumps(client), 0);
    assert.deepEqual(missing(simulator, client), []);
    const ids = tradesOf(client).map((t) => t.trade_id);
    assert.equal(new Set(ids).size, ids.length);
  }));

Deno.test("simulator - truncated frames are not JSON, and garbage comes beside the real frames", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { truncateFrame: 0.2, garbageFrame: 0.3 });
    assert.ok(counts(simulator, "truncateFrame") > 3);
    assert.ok(counts(simulator, "garbageFrame") > 3);
    assert.ok(missing(simulator, client).length > 0);
  }));

Deno.test("simulator - every kind of garbage can be sent by command, ten megabytes too", () =>
  subscribed(async (simulator, client) => {
    client.frames.length = 0;
    for (const kind of Object.keys(GARBAGE)) simulator.control({ command: "garbage", kind });
    await settle(simulator, client);
    assert.equal(client.frames[0], GARBAGE["invalid-json"]?.());
    assert.ok(client.frames.some((frame) => frame.length > 10_000_000));
    assert.ok(client.frames.includes("(binary)"));
  }));

Deno.test("simulator - every way of corrupting a trade changes it on the wire, not in the truth", () =>
  subscribed(async (simulator, client) => {
    for (const kind of Object.keys(CORRUPTIONS)) {
      const seen = tradesOf(client).length;
      simulator.control({ command: "corrupt", count: 1, product: "BTC-USD", kind });
      simulator.advance(1000);
      await settle(simulator, client);
      const truth = new Map([...simulator.truth.trades("BTC-USD")].map((t) => [t.tradeId, t]));
      const wrong = tradesOf(client).slice(seen).filter((t) => {
        const right = truth.get(t.trade_id);
        return right?.price !== t.price || right.size !== t.size || right.time !== t.time ||
          right.side !== t.side;
      });
      assert.equal(wrong.length, 1, kind);
    }
  }));

Deno.test("simulator - wrong times are at least two minutes ahead or a day behind", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { wrongTime: 0.2 });
    const offMs = tradesOf(client, "update").map((t) => Date.parse(t.time) - START);
    const ahead = offMs.filter((ms) => ms > 120_000).length;
    const behind = offMs.filter((ms) => ms < -86_000_000).length;
    assert.ok(ahead > 0 && behind > 0);
    assert.equal(ahead + behind, counts(simulator, "wrongTime"));
  }));

Deno.test("simulator - trades of products that were not subscribed can arrive", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { unsubscribedTrade: 0.5 });
    const others = tradesOf(client).filter((t) => t.product_id !== "BTC-USD");
    assert.equal(others.length, counts(simulator, "unsubscribedTrade"));
    assert.ok(others.length > 3);
  }));

Deno.test("simulator - skipped ids exist nowhere: not on the wire, not on REST", () =>
  subscribed(async (simulator, client) => {
    simulator.advance(1000);
    simulator.control({ command: "skipIds", product: "BTC-USD", count: 4 });
    simulator.advance(1000);
    await settle(simulator, client);
    assert.deepEqual(missing(simulator, client), []);
    const answer = await fetch(`${simulator.restUrl}/market/products/BTC-USD/ticker?limit=200`);
    const { trades } = await answer.json();
    const ids: number[] = trades.map((t: { trade_id: string }) => Number(t.trade_id)).reverse();
    assert.deepEqual(ids.slice(1).map((id, i) => id - (ids[i] ?? 0)).filter((n) => n > 1), [5]);
  }));

Deno.test("simulator - a burst can fall into one microsecond", () =>
  subscribed(async (simulator, client) => {
    simulator.advance(1000);
    simulator.control({ command: "burst", product: "BTC-USD", trades: 3000, spanMs: 0 });
    await settle(simulator, client);
    assert.deepEqual(missing(simulator, client), []);
    const bySecond = Map.groupBy(tradesOf(client), ({ time }) => time);
    assert.ok(Math.max(...[...bySecond.values()].map((trades) => trades.length)) >= 3000);
  }));

Deno.test("simulator - faults are the same again with the same seed", async () => {
  const runs: string[][] = [];
  for (let run = 0; run < 2; run++) {
    await subscribed(async (simulator, client) => {
      await pass(simulator, client, { dropFrame: 0.2, duplicateFrame: 0.2, corruptTrade: 0.1 });
      runs.push(client.frames);
    });
  }
  assert.deepEqual(runs[0], runs[1]);
});

Deno.test("simulator - ids can be skipped by chance, and the truth is made of those that exist", () =>
  subscribed(async (simulator, client) => {
    await pass(simulator, client, { skipTradeId: 0.2 });
    const ids = [...simulator.truth.trades("BTC-USD")].map((t) => Number(t.tradeId));
    const skipped = ids.slice(1).map((id, i) => id - (ids[i] ?? 0) - 1).filter((n) => n > 0);
    assert.ok(skipped.length > 3);
    assert.deepEqual(missing(simulator, client), []);
  }));
