import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { Candle } from "../candles/candle.ts";
import { candleKey } from "../candles/candle.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import type { CandleQuery } from "../store/candle_store.ts";
import { History } from "./history.ts";
import { withRecentClosed } from "./recent_closed.ts";

const BTC = productId("BTC-USD");
const MINUTES = { productId: BTC, granularity: "ONE_MINUTE" } as const;

function minute(index: number, other: Partial<Candle> = {}): Candle {
  return sampleCandle({ ...MINUTES, start: epochSeconds(index * 60), ...other });
}

/** Closed candles as they come, not yet decoded. */
function recent(candles: readonly Candle[], onRead = () => {}) {
  return candles.map((candle) => ({
    start: candle.start,
    isComplete: candle.isComplete,
    exact: candle.exact,
    revision: candle.revision,
    read() {
      onRead();
      return candle;
    },
  }));
}

function merged(
  stored: readonly Candle[],
  closed: readonly Candle[],
  query: Partial<CandleQuery> = {},
  side: "newest" | "oldest" = "newest",
): readonly string[] {
  return withRecentClosed(stored, recent(closed), { ...MINUTES, limit: 10, ...query }, side)
    .map(({ start, revision }) => `${start / 60}.${revision}`);
}

Deno.test("recent closed - a candle that is not stored yet fills the hole before the current one", () => {
  assert.deepEqual(merged([minute(1), minute(2)], [minute(4), minute(3)]), [
    "1.0",
    "2.0",
    "3.0",
    "4.0",
  ]);
});

Deno.test("recent closed - the higher state counts, whichever side has it, and the last of several", () => {
  const stored = [minute(1, { revision: 5 }), minute(2, { exact: false })];
  const closed = [
    minute(1, { revision: 4 }),
    minute(2, { exact: false, revision: 1 }),
    minute(2, { revision: 2 }),
    minute(2, { exact: false, revision: 9 }),
  ];
  assert.deepEqual(merged(stored, closed), ["1.5", "2.2"]);
});

Deno.test("recent closed - a candle that is stored already is not even decoded", () => {
  const stored = [minute(1), minute(2)];
  const closed = recent(stored, () => assert.fail("read"));
  assert.equal(withRecentClosed(stored, closed, { ...MINUTES, limit: 10 }, "newest"), stored);
});

Deno.test("recent closed - nothing outside of the range, or beyond a full page, comes in", () => {
  const closed = [0, 1, 2, 3, 4, 5].map((index) => minute(index));
  const range = { start: epochSeconds(120), end: epochSeconds(240) };
  assert.deepEqual(merged([], closed, range), ["2.0", "3.0"]);
  assert.deepEqual(merged([minute(2), minute(4)], closed, { limit: 2 }), ["4.0", "5.0"]);
  assert.deepEqual(merged([minute(2), minute(4)], closed, { ...range, limit: 2 }, "oldest"), [
    "2.0",
    "3.0",
  ]);
});

Deno.test("history - a minute that closed while the page was read is in it, whatever the store has", async () => {
  const live = minute(3, { isComplete: false, exact: false });
  let current = live;
  const closed: Candle[] = [];
  const history = new History({
    page() {
      // The database's answer is older: in between the minute closes and the next one begins.
      closed.push(minute(3));
      current = minute(4, { isComplete: false, exact: false });
      return Promise.resolve([minute(1), minute(2)]);
    },
    current: () => current,
    recent: () => recent(closed),
    position: () => 7 + closed.length,
    closes: () => Promise.resolve(new Map()),
  });
  assert.equal(history.position(), 7);
  const page = await history.page({ ...MINUTES, limit: 10 });
  assert.deepEqual(page.map(({ start, isComplete }) => [start / 60, isComplete]), [
    [1, true],
    [2, true],
    [3, true],
    [4, false],
  ]);
  assert.equal(history.current(candleKey(BTC, "ONE_MINUTE")), current);
});
