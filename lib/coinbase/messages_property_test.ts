import assert from "node:assert/strict";
import fc from "fast-check";
import { parseMessage } from "./messages.ts";

const TRADE = {
  trade_id: "995098700",
  product_id: "BTC-USD",
  price: "68900.50",
  size: "0.00150000",
  side: "BUY",
  time: "2026-04-07T14:30:02.700999Z",
};

const GOOD = {
  channel: "market_trades",
  client_id: "",
  timestamp: "2026-04-07T14:30:02.789012Z",
  sequence_num: 5,
  events: [{ type: "update", trades: [TRADE, TRADE] }],
};

Deno.test("messages - no text makes the reader throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.ok(parseMessage(text).kind);
  }));
});

Deno.test("messages - however a good frame is mutated, only sane trades come out of it", () => {
  const anything = fc.oneof(fc.jsonValue(), fc.string(), fc.constant(undefined));
  const paths: readonly (readonly (string | number)[])[] = [
    ["channel"],
    ["timestamp"],
    ["sequence_num"],
    ["events"],
    ["events", 0],
    ["events", 0, "type"],
    ["events", 0, "trades"],
    ["events", 0, "trades", 0],
    ...Object.keys(TRADE).map((key) => ["events", 0, "trades", 0, key]),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), anything, (path, value) => {
      const message = parseMessage(JSON.stringify(replaced(GOOD, path, value)) ?? "");
      if (message.kind !== "trades") return;
      for (const trade of message.trades) {
        assert.ok(trade.price.units > 0 && trade.size.units > 0);
        assert.ok(Number.isSafeInteger(trade.tradeId) && trade.tradeId > 0);
        assert.ok(trade.timeMs <= message.timestampMs + 60_000);
        assert.match(trade.productId, /^[A-Z0-9]+-[A-Z0-9]+$/);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("messages - however the text of a good frame is cut or overwritten, it is read without throwing", () => {
  const text = JSON.stringify(GOOD);
  const at = fc.nat({ max: text.length });
  fc.assert(
    fc.property(at, at, fc.string({ maxLength: 5 }), (from, to, middle) => {
      assert.ok(parseMessage(text.slice(0, from) + middle + text.slice(to)).kind);
    }),
    { numRuns: 1000 },
  );
});

function replaced(
  target: unknown,
  [key, ...rest]: readonly (string | number)[],
  value: unknown,
): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    return target.map((item, index) => index === key ? replaced(item, rest, value) : item);
  }
  const record: Record<string, unknown> = { ...Object(target) };
  return { ...record, [key]: replaced(record[key], rest, value) };
}
