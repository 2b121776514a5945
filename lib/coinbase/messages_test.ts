import assert from "node:assert/strict";
import { decimal } from "../candles/decimal.ts";
import type { TradesMessage } from "./messages.ts";
import { MAX_FRAME_LENGTH, parseMessage } from "./messages.ts";

const TIMESTAMP = "2026-04-07T14:30:02.789012Z";
const TIMESTAMP_MS = Date.UTC(2026, 3, 7, 14, 30, 2, 789);

const TRADE = {
  trade_id: "995098700",
  product_id: "BTC-USD",
  price: "68900.50",
  size: "0.00150000",
  side: "BUY",
  time: "2026-04-07T14:30:02.700999Z",
};

function frame(events: unknown, rest: Record<string, unknown> = {}): string {
  const channel = "market_trades";
  return JSON.stringify({ channel, timestamp: TIMESTAMP, sequence_num: 5, events, ...rest });
}

function update(...trades: unknown[]): string {
  return frame([{ type: "update", trades }]);
}

function tradesOf(text: string): TradesMessage {
  const message = parseMessage(text);
  if (message.kind !== "trades") throw new Error(`read as ${message.kind}`);
  return message;
}

function droppedOf(text: string): Record<string, number> {
  return Object.fromEntries(tradesOf(text).dropped ?? []);
}

Deno.test("messages - a trade is read exactly, its time rounded down to the millisecond", () => {
  assert.deepEqual(parseMessage(update(TRADE)), {
    kind: "trades",
    sequence: 5,
    snapshot: false,
    timestampMs: TIMESTAMP_MS,
    dropped: null,
    trades: [{
      productId: "BTC-USD",
      tradeId: 995098700,
      price: decimal("68900.5"),
      size: decimal("0.0015"),
      side: "BUY",
      timeMs: TIMESTAMP_MS - 89,
    }],
  });
});

Deno.test("messages - all trades of all events of a frame are read, each under its own product", () => {
  const { trades } = tradesOf(frame([
    { type: "update", trades: [TRADE, { ...TRADE, trade_id: "995098699" }] },
    { type: "update", trades: [{ ...TRADE, product_id: "ETH-USD", trade_id: "7" }] },
  ]));
  assert.deepEqual(trades.map(({ productId, tradeId }) => `${productId} ${tradeId}`), [
    "BTC-USD 995098700",
    "BTC-USD 995098699",
    "ETH-USD 7",
  ]);
});

Deno.test("messages - a frame is a snapshot only if all of its events are", () => {
  const snapshot = { type: "snapshot", trades: [TRADE] };
  const mixed = [snapshot, { type: "update", trades: [TRADE] }];
  assert.equal(tradesOf(frame([snapshot, snapshot])).snapshot, true);
  assert.equal(tradesOf(frame(mixed)).snapshot, false);
  assert.equal(tradesOf(frame([])).snapshot, false);
});

Deno.test("messages - a bad trade is dropped and counted by its field, the others of its frame stay", () => {
  const faults: readonly [string, unknown][] = [
    ["trade", null],
    ["trade", 7],
    ["trade", "x"],
    ["trade", [TRADE]],
    ["trade_id", {}],
    ["trade_id", { ...TRADE, trade_id: "abc" }],
    ["trade_id", { ...TRADE, trade_id: "" }],
    ["trade_id", { ...TRADE, trade_id: "0" }],
    ["trade_id", { ...TRADE, trade_id: "-5" }],
    ["trade_id", { ...TRADE, trade_id: "5.5" }],
    ["trade_id", { ...TRADE, trade_id: 5.5 }],
    ["trade_id", { ...TRADE, trade_id: -5 }],
    ["trade_id", { ...TRADE, trade_id: "9007199254740992" }],
    ["trade_id", { ...TRADE, trade_id: "1".repeat(30) }],
    ["product_id", { ...TRADE, product_id: undefined }],
    ["product_id", { ...TRADE, product_id: "btc-usd" }],
    ["product_id", { ...TRADE, product_id: "BTC.USD" }],
    ["product_id", { ...TRADE, product_id: 7 }],
    ...[undefined, null, 68900.5, "", "0", "0.000", "-1", "NaN", "1e5", "1,234.5", "1".repeat(42)]
      .flatMap((amount): [string, unknown][] => [
        ["price", { ...TRADE, price: amount }],
        ["size", { ...TRADE, size: amount }],
      ]),
    ["side", { ...TRADE, side: "buy" }],
    ["side", { ...TRADE, side: undefined }],
    ["time", { ...TRADE, time: "yesterday" }],
    ["time", { ...TRADE, time: 1712500202 }],
    ["time", { ...TRADE, time: undefined }],
  ];
  for (const [reason, bad] of faults) {
    const text = update(TRADE, bad, TRADE);
    assert.deepEqual(droppedOf(text), { [reason]: 1 }, JSON.stringify(bad));
    assert.equal(tradesOf(text).trades.length, 2);
  }
});

Deno.test("messages - a trade id may be a number, an amount may have forty digits", () => {
  const size = `${"9".repeat(30)}.${"1".repeat(10)}`;
  const [trade] = tradesOf(update({ ...TRADE, trade_id: Number.MAX_SAFE_INTEGER, size })).trades;
  assert.equal(trade?.tradeId, Number.MAX_SAFE_INTEGER);
  assert.deepEqual(trade?.size, decimal(size));
});

Deno.test("messages - a trade time more than a minute ahead of its message is dropped, up to then it stays", () => {
  const at = (ms: number) => ({ ...TRADE, time: new Date(TIMESTAMP_MS + ms).toISOString() });
  assert.deepEqual(droppedOf(update(at(60_001))), { time_ahead: 1 });
  assert.deepEqual(droppedOf(update(at(60_000))), {});
});

Deno.test("messages - an update's trade more than an hour behind its message is dropped, a snapshot's stays", () => {
  const at = (ms: number) => ({ ...TRADE, time: new Date(TIMESTAMP_MS - ms).toISOString() });
  assert.deepEqual(droppedOf(update(at(3_600_001))), { time_behind: 1 });
  assert.deepEqual(droppedOf(update(at(3_600_000))), {});
  const snapshot = frame([{ type: "snapshot", trades: [at(86_400_000)] }]);
  assert.equal(tradesOf(snapshot).trades.length, 1);
});

Deno.test("messages - a twin's trades keep the product they came with", () => {
  const { trades } = tradesOf(update({ ...TRADE, product_id: "BTC-USDC" }));
  assert.equal(trades[0]?.productId, "BTC-USDC");
});

Deno.test("messages - events that hold no list of trades are counted, null is an empty list", () => {
  const events = [null, 7, {}, { type: "update", trades: "none" }, {
    type: "update",
    trades: null,
  }];
  assert.deepEqual(droppedOf(frame(events)), { events: 4 });
});

Deno.test("messages - trades whose message has no readable timestamp are refused", () => {
  for (const timestamp of [undefined, "", "soon", 17]) {
    const message = parseMessage(frame([{ type: "update", trades: [TRADE] }], { timestamp }));
    assert.deepEqual(message, { kind: "unknown", sequence: 5, fault: "timestamp" });
  }
});

Deno.test("messages - a heartbeat is read with its counter as a string or a number", () => {
  const beat = (event: unknown, timestamp = "2026-04-07T14:30:10Z") =>
    parseMessage(frame([event], { channel: "heartbeats", timestamp }));
  const current_time = "2026-04-07 14:30:10.000000000 +0000 UTC m=+91717.5";
  const timeMs = Date.UTC(2026, 3, 7, 14, 30, 10);
  for (const [heartbeat_counter, counter] of [["3049", 3049], [3049, 3049], ["x", null]]) {
    assert.deepEqual(beat({ current_time, heartbeat_counter }), {
      kind: "heartbeat",
      sequence: 5,
      timeMs,
      counter,
    });
  }
  const fault = "heartbeat_time";
  assert.deepEqual(beat({ current_time: "now" }), { kind: "unknown", sequence: 5, fault });
  assert.deepEqual(beat({ current_time }, "2026-04-07T14:29:09.9Z"), {
    kind: "unknown",
    sequence: 5,
    fault,
  });
});

Deno.test("messages - a subscription answer is read as the full set, also when it is empty", () => {
  const answer = (subscriptions: unknown) =>
    parseMessage(frame([{ subscriptions }], { channel: "subscriptions" }));
  const channels = { market_trades: ["BTC-USD", "nonsense", 7], heartbeats: ["heartbeats"] };
  const kind = "subscriptions";
  assert.deepEqual(answer(channels), {
    kind,
    sequence: 5,
    products: new Set(["BTC-USD"]),
    heartbeats: true,
  });
  assert.deepEqual(answer({}), { kind, sequence: 5, products: new Set(), heartbeats: false });
});

Deno.test("messages - an error is read, shortened and on one line", () => {
  assert.deepEqual(parseMessage(`{"type":"error","message":"too\\nmany\\u001b[31m"}`), {
    kind: "error",
    words: "too many [31m",
  });
  const words = (message: unknown, reason: unknown) =>
    parseMessage(JSON.stringify({ type: "error", message, reason }));
  const error = (words: string) => ({ kind: "error", words });
  assert.deepEqual(words("failure", "key disabled"), error("failure: key disabled"));
  assert.deepEqual(words("failure", "failure"), error("failure"));
  assert.deepEqual(words(7, "key disabled"), error("key disabled"));
  assert.deepEqual(words("", { x: 1 }), error("no message given"));
  const long = parseMessage(JSON.stringify({ type: "error", message: "x".repeat(9999) }));
  assert.equal(long.kind === "error" && long.words.length, 200);
});

Deno.test("messages - a frame that is not a message of the protocol is unknown, with the reason", () => {
  const faults: readonly [string, string][] = [
    ["", "json"],
    ["<html></html>", "json"],
    ["null", "message"],
    ["[1]", "message"],
    ["42", "message"],
    ["{}", "channel"],
    [`{"channel":"surprise"}`, "channel"],
    [`{"channel":"__proto__"}`, "channel"],
    [frame("none"), "events"],
    [" ".repeat(MAX_FRAME_LENGTH + 1), "too_large"],
    ["[".repeat(100_000) + "]".repeat(100_000), "message"],
  ];
  for (const [text, fault] of faults) {
    const message = parseMessage(text);
    assert.equal(message.kind === "unknown" && message.fault, fault, text.slice(0, 60));
  }
});

Deno.test("messages - an unreadable message keeps its number, so that it does not count as lost", () => {
  const message = parseMessage(`{"channel":"surprise","sequence_num":"17"}`);
  assert.deepEqual(message, { kind: "unknown", sequence: 17, fault: "channel" });
});
