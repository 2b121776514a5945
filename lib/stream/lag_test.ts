import assert from "node:assert/strict";
import { Lag } from "./lag.ts";
import { eventOf, routeOf } from "./test_events.ts";

const BTC = routeOf("BTC-USD.ONE_MINUTE");
const ETH = routeOf("ETH-USD.ONE_MINUTE");
const DECODER = new TextDecoder();

/** The data of all frames that a lag still gives, and their ids. */
function rest(lag: Lag, bytes = 1_000, sequence = 99): string[] {
  const frames: string[] = [];
  for (let next = lag.take(bytes, sequence); next !== null; next = lag.take(bytes, sequence)) {
    const blocks = DECODER.decode(next.chunk).split("\n\n").slice(0, -1);
    assert.equal(blocks.length, next.frames);
    for (const block of blocks) {
      const [, id, data] = /^id: (\d+)\nevent: candle\ndata: (.*)$/.exec(block) ?? [];
      frames.push(`${id} ${data}`);
    }
  }
  return frames;
}

Deno.test("lag - closed candles come all and in order, then the newest live value of each key with the hub's id", () => {
  const lag = new Lag();
  assert.equal(lag.add(eventOf(BTC, { start: 60, text: "btc 1" })), false);
  assert.equal(lag.add(eventOf(ETH, { start: 60, text: "eth 1" })), false);
  assert.equal(lag.add(eventOf(BTC, { start: 60, text: "btc 2" })), true, "one gave way");
  lag.add(eventOf(ETH, { start: 0, sequence: 7, text: "eth closed" }));
  lag.add(eventOf(BTC, { start: 0, sequence: 8, text: "btc closed" }));
  assert.equal(lag.closedCount, 2);
  assert.deepEqual(rest(lag), ["7 eth closed", "8 btc closed", "99 btc 2", "99 eth 1"]);
  assert.equal(lag.closedCount, 0);
});

Deno.test("lag - a close replaces the live value of its bucket, not that of a later one", () => {
  const lag = new Lag();
  lag.add(eventOf(BTC, { start: 0, text: "btc live" }));
  assert.equal(lag.add(eventOf(BTC, { start: 0, sequence: 1, text: "btc closed" })), true);
  lag.add(eventOf(BTC, { start: 60, text: "btc next" }));
  assert.equal(lag.add(eventOf(BTC, { start: 0, sequence: 2, text: "btc revised" })), false);
  assert.deepEqual(rest(lag), ["1 btc closed", "2 btc revised", "99 btc next"]);
});

Deno.test("lag - of two buckets that are both live the later one is shown", () => {
  const lag = new Lag();
  lag.add(eventOf(BTC, { start: 60, text: "later" }));
  lag.add(eventOf(BTC, { start: 0, text: "awaits its close" }));
  assert.deepEqual(rest(lag), ["99 later"]);
});

Deno.test("lag - chunks are as large as requested, and no frame is torn", () => {
  const lag = new Lag();
  for (let n = 1; n <= 20; n++) {
    lag.add(eventOf(BTC, { start: n, sequence: n, text: `closed ${n}` }));
  }
  const first = lag.take(100, 99);
  assert.ok(first !== null && first.chunk.length >= 100 && first.chunk.length < 160);
  assert.equal(lag.closedCount, 20 - first.frames);
  assert.equal(rest(lag, 100).length, 20 - first.frames);
});
