import assert from "node:assert/strict";
import type { Alert } from "./alert.ts";
import { AlertBook, type Firing } from "./alert_book.ts";
import type { AlertCandle } from "./candle.ts";
import type { AlertProgress } from "./judge.ts";

const START = 1_704_567_600;
const ALERT: Alert = {
  id: "a",
  product: "BTC-USD",
  condition: { kind: "price", value: 100 },
  repeats: true,
  sound: false,
  isOn: true,
};

function candle(minute: number, prices: readonly number[], isComplete = true): AlertCandle {
  return {
    product_id: "BTC-USD",
    granularity: "ONE_MINUTE",
    timestamp: START + 60 * minute,
    open: prices[0] ?? 0,
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1) ?? 0,
    volume: 1,
    is_complete: isComplete,
  };
}

/** A browser's storage, and books that use it one after the other. */
function setUp(alerts: readonly Alert[] = [ALERT]) {
  const kept = new Map<string, AlertProgress>();
  const fired: Firing[] = [];
  const open = () =>
    new AlertBook(alerts, kept, {
      onProgress: ({ id }, progress) => void kept.set(id, progress),
      onFired: (firing) => void fired.push(firing),
    });
  return { kept, open, at: () => fired.map(({ at }) => at) };
}

Deno.test("alert book - a new alert begins with the newest candle, whatever was before", () => {
  const { open, at } = setUp();
  const book = open();
  book.begin("BTC-USD", "ONE_MINUTE", [candle(0, [99]), candle(1, [101]), candle(2, [99], false)]);
  assert.deepEqual(at(), []);
  book.take(candle(2, [99, 100.5], false));
  assert.deepEqual(at(), [100.5]);
});

Deno.test("alert book - the next one continues where the last was killed, each crossing once", () => {
  const { open, at } = setUp();
  const first = open();
  first.begin("BTC-USD", "ONE_MINUTE", [candle(0, [99], false)]);
  first.take(candle(0, [99, 101], false));
  assert.deepEqual(at(), [101]);
  const second = open();
  // In between the price went back and up again, in one minute each.
  second.begin("BTC-USD", "ONE_MINUTE", [
    candle(0, [99, 101]),
    candle(1, [101, 98]),
    candle(2, [98, 102]),
    candle(3, [102], false),
  ]);
  assert.deepEqual(at(), [101, 98, 102]);
  open().begin("BTC-USD", "ONE_MINUTE", [candle(2, [98, 102]), candle(3, [102], false)]);
  assert.deepEqual(at(), [101, 98, 102]);
});

Deno.test("alert book - history that does not reach back lets an alert begin again", () => {
  const { open, at } = setUp();
  open().begin("BTC-USD", "ONE_MINUTE", [candle(0, [99], false)]);
  open().begin("BTC-USD", "ONE_MINUTE", [candle(500, [150]), candle(501, [151], false)]);
  assert.deepEqual(at(), []);
});

Deno.test("alert book - what comes before the history waits for it, also after a doubt", () => {
  const { open, at } = setUp();
  const book = open();
  book.take(candle(1, [99, 101], false));
  assert.deepEqual(at(), []);
  book.begin("BTC-USD", "ONE_MINUTE", [candle(0, [98]), candle(1, [99], false)]);
  assert.deepEqual(at(), [101]);
  book.doubt("BTC-USD", "ONE_MINUTE");
  book.take(candle(3, [103], false));
  book.begin("BTC-USD", "ONE_MINUTE", [
    candle(1, [99, 101]),
    candle(2, [101, 97]),
    candle(3, [98, 102], false),
  ]);
  assert.deepEqual(at(), [101, 97, 102]);
});

Deno.test("alert book - an alert without repetition fires once, one that is off never", () => {
  const alerts = [
    { ...ALERT, repeats: false },
    { ...ALERT, id: "b", isOn: false },
  ];
  const { open, at } = setUp(alerts);
  const book = open();
  book.begin("BTC-USD", "ONE_MINUTE", [candle(0, [99], false)]);
  for (const price of [101, 99, 102, 98]) book.take(candle(0, [99, price], false));
  assert.deepEqual(at(), [101]);
});

Deno.test("alert book - progress is kept before a firing is reported, so that a crash reports nothing twice", () => {
  const order: string[] = [];
  const book = new AlertBook([ALERT], new Map(), {
    onProgress: () => void order.push("kept"),
    onFired: () => void order.push("fired"),
  });
  book.begin("BTC-USD", "ONE_MINUTE", [candle(0, [99], false)]);
  book.take(candle(0, [99, 101], false));
  assert.deepEqual(order, ["kept", "kept", "fired"]);
});

Deno.test("alert book - history is needed since a key's own alerts were judged, whatever is known of others", () => {
  const { kept, open } = setUp([
    ALERT,
    { ...ALERT, id: "b" },
    { ...ALERT, id: "off", isOn: false },
    {
      ...ALERT,
      id: "daily",
      condition: { kind: "rsi", level: 70, period: 14, granularity: "ONE_DAY" },
    },
  ]);
  assert.equal(open().judgedSince("BTC-USD", "ONE_MINUTE"), null);
  open().begin("BTC-USD", "ONE_MINUTE", [candle(5, [99], false)]);
  const { a: progress } = Object.fromEntries(kept);
  assert.ok(progress !== undefined);
  for (const [id, minute] of [["b", 3], ["off", -9000], ["daily", -2000]] as const) {
    kept.set(id, { ...progress, start: START + 60 * minute });
  }
  assert.equal(open().judgedSince("BTC-USD", "ONE_MINUTE"), START + 60 * 3);
  assert.equal(open().judgedSince("BTC-USD", "ONE_DAY"), START - 60 * 2000);
  assert.equal(open().judgedSince("ETH-USD", "ONE_MINUTE"), null);
});

Deno.test("alert book - alerts of one product share its candles, as far back as the longest needs", () => {
  const { open } = setUp([
    ALERT,
    { ...ALERT, id: "v", condition: { kind: "volume", times: 2, minutes: 30 } },
    {
      ...ALERT,
      id: "r",
      condition: { kind: "rsi", level: 70, period: 14, granularity: "ONE_HOUR" },
    },
  ]);
  assert.deepEqual(open().needed, [
    { product: "BTC-USD", granularity: "ONE_MINUTE", length: 60 },
    { product: "BTC-USD", granularity: "ONE_HOUR", length: 140 },
  ]);
});
