import assert from "node:assert/strict";
import fc from "fast-check";
import type { AlertCondition } from "./alert.ts";
import type { AlertCandle } from "./candle.ts";
import { type AlertProgress, judge, type Past } from "./judge.ts";

const START = 1_704_567_600;
const PRICE: AlertCondition = { kind: "price", value: 100 };

function candle(
  minute: number,
  prices: readonly number[],
  isComplete = false,
  volume = 1,
): AlertCandle {
  return {
    product_id: "BTC-USD",
    granularity: "ONE_MINUTE",
    timestamp: START + 60 * minute,
    open: prices[0] ?? 0,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1) ?? 0,
    volume,
    is_complete: isComplete,
  };
}

/** Judges states one after the other; the values at which it happened, null where it did not. */
function run(
  condition: AlertCondition,
  states: readonly AlertCandle[],
  past: Past = [],
): (number | null | undefined)[] {
  let progress: AlertProgress | null = null;
  const closed: AlertCandle[] = [...past];
  return states.map((state) => {
    const judged = judge(condition, progress, state, closed);
    if (state.is_complete) closed.push(state);
    // What is kept between two pages is text.
    if (judged !== null) progress = JSON.parse(JSON.stringify(judged.progress));
    return judged?.at;
  });
}

Deno.test("alerts - a price that crosses a value does so once, and again when it crosses back", () => {
  assert.deepEqual(
    run(PRICE, [
      candle(0, [98]),
      candle(0, [98, 99]),
      candle(0, [98, 99, 101]),
      candle(0, [98, 99, 101, 102]),
      candle(0, [98, 99, 101, 102, 99]),
    ]),
    [null, null, 101, null, 99],
  );
});

Deno.test("alerts - a price that came and went between two states is seen, and once", () => {
  const spike = candle(0, [98, 101, 99]);
  assert.deepEqual(
    run(PRICE, [candle(0, [98]), spike, spike, candle(0, [98, 101, 99, 99.5])]),
    [null, 101, undefined, null],
  );
});

Deno.test("alerts - what closed while no page was open counts, candle by candle", () => {
  assert.deepEqual(
    run(PRICE, [
      candle(0, [98]),
      candle(0, [98, 97], true),
      candle(1, [97, 103, 98], true),
      candle(2, [98, 99], true),
      candle(3, [99]),
    ]),
    [null, null, 103, null, null],
  );
});

Deno.test("alerts - a revision of a closed candle is not a crossing, whatever it holds", () => {
  assert.deepEqual(
    run(PRICE, [candle(0, [98, 99], true), candle(0, [98, 101], true), candle(0, [98])]),
    [null, undefined, undefined],
  );
});

Deno.test("alerts - a line is crossed where it is at the time, and not before it begins", () => {
  const line: AlertCondition = {
    kind: "line",
    from: { time: START + 60, price: 100 },
    to: { time: START + 180, price: 120 },
  };
  assert.deepEqual(
    run(line, [
      candle(0, [90, 130], true),
      candle(1, [105]),
      candle(1, [105, 107], true),
      candle(2, [108]),
      candle(4, [131]),
      candle(4, [131, 129]),
    ]),
    [null, null, null, 108, 131, 129],
  );
});

Deno.test("alerts - a change counts from the price some minutes ago, once until it is less again", () => {
  const change: AlertCondition = { kind: "change", percent: 2, minutes: 2 };
  const past = [0, 1, 2, 3].map((minute) => candle(minute, [100], true));
  assert.deepEqual(
    run(change, [
      candle(4, [100]),
      candle(4, [100, 101.9]),
      candle(4, [100, 102]),
      candle(4, [100, 102, 103]),
      candle(4, [100, 103, 101]),
      candle(4, [100, 103, 97.9]),
    ], past),
    [null, null, 102, null, null, 97.9],
  );
  assert.deepEqual(run(change, [candle(4, [100]), candle(4, [100, 150])]), [null, null]);
});

Deno.test("alerts - a volume above its average counts once a minute", () => {
  const volume: AlertCondition = { kind: "volume", times: 3, minutes: 4 };
  const past = [0, 1, 2, 3].map((minute) => candle(minute, [100], true, 2));
  assert.deepEqual(
    run(volume, [
      candle(4, [100], false, 1),
      candle(4, [100], false, 6),
      candle(4, [100], false, 6.1),
      candle(4, [100], false, 9),
      candle(4, [100], true, 9),
      candle(5, [100], false, 8),
      candle(5, [100], false, 20),
    ], past),
    [null, null, 6.1, null, null, null, 20],
  );
  const few = past.slice(1);
  assert.deepEqual(run(volume, [candle(4, [1]), candle(4, [1], false, 99)], few), [null, null]);
});

Deno.test("alerts - the RSI of closed candles crosses a level, the live one does not count", () => {
  const condition: AlertCondition = {
    kind: "rsi",
    level: 50,
    period: 2,
    granularity: "ONE_MINUTE",
  };
  const past = [100, 99, 98, 97].map((close, minute) => candle(minute, [close], true));
  assert.deepEqual(
    run(condition, [
      candle(4, [96], true),
      candle(5, [150]),
      candle(5, [150, 96.1], true),
      candle(6, [110], true),
      candle(7, [111], true),
    ], past).map((at) => typeof at === "number" ? at > 50 : at),
    [null, undefined, null, true, null],
  );
});

Deno.test("alerts - whatever is seen of the trades, no crossing counts twice, and none that stays is missed", () => {
  const trades = fc.array(
    fc.record({
      price: fc.integer({ min: 97, max: 102 }),
      isSeen: fc.boolean(),
      ends: fc.boolean(),
    }),
    { minLength: 2, maxLength: 60 },
  );
  fc.assert(fc.property(trades, (all) => {
    const states: AlertCandle[] = [];
    let minute = 0;
    let prices: number[] = [];
    let crossings = 0;
    let first: boolean | null = null;
    let before: boolean | null = null;
    for (const { price, isSeen, ends } of all) {
      prices.push(price);
      const isAbove = price >= 100;
      if (before !== null && before !== isAbove && first !== null) crossings++;
      before = isAbove;
      if (isSeen || ends) states.push(candle(minute, prices));
      // The alert begins with the first state seen.
      if (states.length > 0) first ??= isAbove;
      if (!ends) continue;
      states.push(candle(minute++, prices, true));
      prices = [];
    }
    if (prices.length > 0) states.push(candle(minute, prices));
    first ??= before;
    // Each is repeated, as after a lost connection.
    const fired = run(PRICE, states.flatMap((state) => [state, state]))
      .filter((at) => typeof at === "number").length;
    assert.ok(fired <= crossings, `${fired} of ${crossings}`);
    if (first !== before) assert.ok(fired > 0, "one that stays is seen");
  }));
});
