import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle, CandleKey } from "../candles/candle.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { decodeCandle } from "../candles/wire.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { CurrentCandles } from "./current_candles.ts";

const START = 1_800_000_000;
const KEY: CandleKey = "BTC-USD.ONE_MINUTE";

function minute(nth: number, state: Partial<Candle>): Candle {
  return sampleCandle({ start: epochSeconds(START + nth * 60), revision: 0, ...state });
}

/** `live` is what the one key's live candle is, as long as it has one. */
function setUp() {
  const clock = new FakeClock();
  const put: (Candle | null)[] = [];
  const state: { live: Candle | null } = { live: null };
  const bus = {
    putCurrent: (key: CandleKey, bytes: Uint8Array) => {
      assert.equal(key, KEY);
      put.push(decodeCandle(new TextDecoder().decode(bytes)));
    },
    currentSettled: () => Promise.resolve(),
  };
  const current = new CurrentCandles(bus, () => state.live, clock);
  return { clock, put, state, current, touch: (candle: Candle) => current.touch(candle, KEY) };
}

Deno.test("current candles - a live candle is put in its state when its turn has come", async () => {
  const { clock, put, state, current, touch } = setUp();
  touch(state.live = minute(0, { isComplete: false, close: decimal("1") }));
  touch(state.live = minute(0, { isComplete: false, close: decimal("2") }));
  await clock.pass(20);
  assert.deepEqual(put, [state.live]);
  touch(state.live = minute(0, { isComplete: false, close: decimal("3") }));
  await clock.pass(1_000);
  assert.equal(put.length, 1, "not twice within the interval");
  await clock.pass(1_000);
  assert.deepEqual(put.slice(1), [state.live]);
  current.close();
  assert.equal(clock.timers, 0);
});

Deno.test("current candles - one that closed before its turn came is put as a closed one, and never an older one", async () => {
  const { clock, put, state, current, touch } = setUp();
  const before = minute(0, { isComplete: true });
  current.restore([before]);
  touch(minute(1, { isComplete: false }));
  await clock.pass(20);
  assert.deepEqual(put, [], "it is no longer live, and what the bucket has is as old as that");
  const closed = minute(1, { isComplete: true });
  current.offer(closed);
  current.offer(before);
  await clock.pass(2_000);
  assert.deepEqual(put, [closed]);
  touch(state.live = minute(2, { isComplete: false }));
  current.offer(minute(1, { isComplete: true, exact: true, revision: 1 }));
  await clock.pass(2_000);
  assert.deepEqual(put, [closed, state.live], "what comes later is the newest");
  current.close();
});

Deno.test("current candles - a flush puts the current state of the live candle", async () => {
  const { put, state, current, touch } = setUp();
  touch(state.live = minute(0, { isComplete: false }));
  await current.flush();
  assert.deepEqual(put, [state.live]);
  current.close();
});
