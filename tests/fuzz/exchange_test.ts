import assert from "node:assert/strict";
import fc from "fast-check";
import { GRANULARITIES } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { readCandle } from "../../lib/coinbase/candle_reader.ts";
import { readProduct } from "../../lib/coinbase/product_reader.ts";
import { parseMessage } from "../../lib/coinbase/messages.ts";
import { parseHeartbeatTime, parseIsoTime } from "../../lib/coinbase/time.ts";
import { damaged, hostileText, RUNS } from "./runs.ts";

const FRAME = JSON.stringify({
  channel: "market_trades",
  timestamp: "2026-04-07T14:30:02.789012Z",
  sequence_num: 5,
  events: [{
    type: "update",
    trades: [{
      trade_id: "995098700",
      product_id: "BTC-USD",
      price: "68900.50",
      size: "0.0015",
      side: "BUY",
      time: "2026-04-07T14:30:02.700999Z",
    }],
  }],
});

const JSON_PIECES = ['"', "{", "}", "[", "]", ":", ",", "null", "1e999", "__proto__", "\\u0000"];

Deno.test("fuzz - whatever the exchange's socket sends is read, and only sane trades come of it", () => {
  const text = fc.oneof(damaged(FRAME), damaged(FRAME).chain(damaged), hostileText(JSON_PIECES));
  fc.assert(
    fc.property(text, (frame) => {
      const message = parseMessage(frame);
      if (message.kind !== "trades") return;
      for (const { price, size, tradeId, timeMs } of message.trades) {
        assert.ok(price.units > 0 && size.units > 0 && tradeId > 0, frame);
        assert.ok(Number.isSafeInteger(tradeId) && Number.isFinite(timeMs), frame);
      }
    }),
    RUNS,
  );
});

Deno.test("fuzz - whatever REST answers as a product or a candle is read or refused, never thrown at", () => {
  const keys = fc.constantFrom("product_id", "start", "open", "low", "status", "volume", "x");
  const record = fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.string(), fc.bigInt()));
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), fc.constantFrom(...GRANULARITIES), (raw, of) => {
      readProduct(raw);
      readCandle(raw, productId("BTC-USD"), of);
    }),
    RUNS,
  );
});

Deno.test("fuzz - a time that is read is a whole number of milliseconds", () => {
  const text = fc.oneof(
    damaged("2026-04-07T14:30:02.789012Z"),
    damaged("2026-04-07 14:30:02.789 +0000 UTC m=+1.5"),
    hostileText(["-", ":", "T", "Z", ".", "+", "9", "0"]),
  );
  fc.assert(
    fc.property(text, (given) => {
      for (const timeMs of [parseIsoTime(given), parseHeartbeatTime(given)]) {
        assert.ok(timeMs === null || Number.isSafeInteger(timeMs), given);
      }
    }),
    RUNS,
  );
});
