import type { Random } from "./random.ts";
import { tradeJson, type WireTrade } from "./trade_text.ts";
import { isoTime } from "./wire_time.ts";

const HUGE_CHARACTERS = 10 * 1024 * 1024;

/** Frames that are not a message of the protocol. */
export const GARBAGE: Readonly<Record<string, () => string | Uint8Array<ArrayBuffer>>> = {
  "invalid-json": () => `{"channel":"market_trades","events":[{`,
  "html": () => "<html><body>502 Bad Gateway</body></html>",
  "empty": () => "",
  "null": () => "null",
  "array": () => `[1,2,3]`,
  "number": () => "42",
  "wrong-types": () =>
    `{"channel":"market_trades","timestamp":17,"sequence_num":"many","events":{"type":7,"trades":"none"}}`,
  "wrong-trades": () =>
    `{"channel":"market_trades","timestamp":"2026-04-07T14:30:02Z","events":[null,7,{"type":"update","trades":[null,1,"x",[],{}]}]}`,
  "unknown-channel": () => `{"channel":"surprise","timestamp":"","events":[]}`,
  "deep": () => "[".repeat(20_000) + "]".repeat(20_000),
  "binary": () => new Uint8Array([0, 255, 254, 1, 2, 3]),
  "huge": () => `{"channel":"noise","padding":"${"x".repeat(HUGE_CHARACTERS)}"}`,
};

/** Any kind but the huge one, which is only sent by command. */
export function anyGarbage(random: Random): string | Uint8Array<ArrayBuffer> {
  const kinds = Object.keys(GARBAGE).filter((kind) => kind !== "huge");
  const make = GARBAGE[kinds[random.whole(0, kinds.length - 1)] ?? "null"];
  return make ? make() : "null";
}

/** Ways of breaking one field of a trade; each yields JSON that no client may accept unchanged. */
export const CORRUPTIONS: Readonly<Record<string, (trade: WireTrade) => string>> = {
  "price-nan": (trade) => tradeJson({ ...trade, price: "NaN" }),
  "price-infinite": (trade) => tradeJson({ ...trade, price: "Infinity" }),
  "price-negative": (trade) => tradeJson({ ...trade, price: "-" + trade.price }),
  "price-zero": (trade) => tradeJson({ ...trade, price: "0" }),
  "price-empty": (trade) => tradeJson({ ...trade, price: "" }),
  "price-words": (trade) => tradeJson({ ...trade, price: "1,234.5" }),
  "price-huge-exponent": (trade) => tradeJson({ ...trade, price: "1e400" }),
  "size-negative": (trade) => tradeJson({ ...trade, size: "-" + trade.size }),
  "size-hex": (trade) => tradeJson({ ...trade, size: "0x10" }),
  "size-long": (trade) => tradeJson({ ...trade, size: "9".repeat(400) }),
  "size-null": (trade) => tradeJson(trade).replace(`"size":"${trade.size}"`, `"size":null`),
  "size-missing": (trade) => tradeJson(trade).replace(`"size":"${trade.size}",`, ""),
  "id-words": (trade) => tradeJson({ ...trade, tradeId: "abc" }),
  "id-negative": (trade) => tradeJson({ ...trade, tradeId: "-5" }),
  "id-fraction": (trade) => tradeJson({ ...trade, tradeId: trade.tradeId + ".5" }),
  "time-words": (trade) => tradeJson({ ...trade, time: "yesterday" }),
  "time-epoch": (trade) => tradeJson({ ...trade, time: "1712500202" }),
  "side-unknown": (trade) =>
    tradeJson(trade).replace(`"side":"${trade.side}"`, `"side":"SIDEWAYS"`),
};

export function anyCorruption(trade: WireTrade, random: Random): string {
  const kinds = Object.values(CORRUPTIONS);
  const corrupt = kinds[random.whole(0, kinds.length - 1)];
  return corrupt ? corrupt(trade) : tradeJson(trade);
}

/** The trade with a time at least two minutes ahead, or a day or more behind. */
export function wronglyTimed(trade: WireTrade, micros: number, random: Random): string {
  const shift = random.next() < 0.5
    ? random.whole(120, 400 * 86_400)
    : -random.whole(86_400, 400 * 86_400);
  return tradeJson({ ...trade, time: isoTime(micros + shift * 1e6) });
}
