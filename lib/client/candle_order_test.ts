import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candle } from "../../static/client.d.ts";
import { encodeCandle } from "../candles/wire.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { CandleOrder, type Frame } from "./candle_order.ts";

/** The nth minute in a state, its trades' ids ten times its number on. */
function frame(n: number, state: "live" | "closed" | "exact", revision = 0): Frame {
  const json = encodeCandle(sampleCandle({
    start: epochSeconds(60 * n),
    isComplete: state !== "live",
    exact: state === "exact",
    revision,
    firstTradeId: 10 * n,
    lastTradeId: 10 * n + 9,
  }));
  const candle: Candle = JSON.parse(json);
  return { candle, json };
}

/** Which minutes were passed on, and whether they had closed. */
function shown(frames: readonly Frame[]): string {
  return frames.map(({ candle }) => `${candle.timestamp / 60}${candle.is_complete ? "" : " live"}`)
    .join(", ");
}

Deno.test("candle order - a lower state never follows a higher one, and a closed state comes once", () => {
  const order = new CandleOrder();
  assert.equal(shown(order.take(frame(1, "live"), true)), "1 live");
  assert.equal(shown(order.take(frame(1, "live"), true)), "1 live");
  assert.equal(shown(order.take(frame(1, "exact", 1), true)), "1");
  for (const lower of [frame(1, "live", 9), frame(1, "closed", 9), frame(1, "exact", 1)]) {
    assert.deepEqual(order.take(lower, true), []);
  }
  assert.equal(shown(order.take(frame(1, "exact", 2), true)), "1");
});

Deno.test("candle order - a live candle waits for the closed one before it, and comes in its newest state", () => {
  const order = new CandleOrder();
  order.take(frame(1, "live"), false);
  assert.deepEqual(order.take(frame(2, "live"), false), []);
  assert.deepEqual(order.take(frame(2, "live", 1), false), []);
  assert.equal(order.holds, true);
  const frames = order.take(frame(1, "closed"), false);
  assert.equal(shown(frames), "1, 2 live");
  assert.equal(frames[1]?.candle.revision, 1);
  assert.equal(order.holds, false);
});

Deno.test("candle order - trade ids show that whole candles are missing, wherever they are known", () => {
  const order = new CandleOrder();
  order.take(frame(1, "exact"), false);
  assert.deepEqual(order.take(frame(4, "live"), false), []);
  assert.equal(shown(order.take(frame(2, "exact"), false)), "2");
  assert.equal(shown(order.take(frame(3, "exact"), false)), "3, 4 live");
  const { candle, json } = frame(9, "live");
  const unknown = { candle: { ...candle, first_trade_id: null }, json };
  order.take(frame(4, "exact"), false);
  assert.equal(shown(order.take(unknown, false)), "9 live");
});

Deno.test("candle order - where each is to be proven, a live candle waits for the exact state of the one before it", () => {
  const order = new CandleOrder(true);
  order.take(frame(1, "live"), false);
  assert.deepEqual(order.take(frame(2, "live"), false), []);
  assert.equal(shown(order.take(frame(1, "closed"), false)), "1");
  assert.equal(order.holds, true);
  assert.equal(shown(order.take(frame(1, "exact", 1), false)), "1, 2 live");
});

Deno.test("candle order - after a candle that was not proven in time none is waited for, until one is proven", () => {
  const order = new CandleOrder(true);
  order.take(frame(1, "closed"), false);
  assert.deepEqual(order.take(frame(2, "live"), false), []);
  assert.equal(shown(order.release()), "2 live");
  assert.equal(shown(order.take(frame(2, "closed"), false)), "2");
  assert.equal(shown(order.take(frame(3, "live"), false)), "3 live");
  order.take(frame(3, "exact"), false);
  order.take(frame(4, "closed"), false);
  assert.deepEqual(order.take(frame(5, "live"), false), []);
  assert.equal(shown(order.take(frame(4, "exact", 1), false)), "4, 5 live");
});

Deno.test("candle order - what is kept back is released on request, unless its candle has closed since", () => {
  const order = new CandleOrder();
  order.take(frame(1, "live"), false);
  order.take(frame(2, "live"), false);
  assert.equal(shown(order.release()), "2 live");
  assert.deepEqual(order.release(), []);
  order.take(frame(4, "live"), false);
  assert.equal(shown(order.take(frame(4, "closed"), false)), "4");
});

Deno.test("candle order - whatever comes in whatever order, the states of each candle ascend", () => {
  const states = fc.constantFrom("live" as const, "closed" as const, "exact" as const);
  const one = fc.tuple(fc.nat(5), states, fc.nat(3), fc.boolean());
  fc.assert(fc.property(fc.array(one), (steps) => {
    const order = new CandleOrder();
    const ranks = new Map<number, number>();
    for (const [n, state, revision, isWhole] of steps) {
      for (const { candle } of order.take(frame(n, state, revision), isWhole)) {
        const rank = (Number(candle.is_complete) * 2 + Number(candle.exact)) * 10 + candle.revision;
        assert.ok(rank >= (ranks.get(candle.timestamp) ?? 0));
        ranks.set(candle.timestamp, rank);
      }
    }
  }));
});
