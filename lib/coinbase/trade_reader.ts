import type { Decimal } from "../candles/decimal.ts";
import { parseDecimal } from "../candles/decimal.ts";
import type { ProductId } from "../candles/product.ts";
import { parseProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { isRecord } from "./json.ts";
import { parseIsoTime } from "./time.ts";

/** Why a trade was dropped: the wrong field, or `trade` for a value that is not an object. */
export type TradeFault =
  | "trade"
  | "trade_id"
  | "product_id"
  | "price"
  | "size"
  | "side"
  | "time"
  | "time_ahead"
  | "time_behind";

/** Longest price or size: forty digits and a point. */
const MAX_AMOUNT_LENGTH = 41;
const MAX_TRADE_ID_LENGTH = 16;

/**
 * Reads one trade as the feed and the REST answers write it. A trade with any fault is refused, never corrected: the
 * result is then the name of the first fault. Only times from `earliestMs` to `latestMs` (epoch milliseconds) are
 * accepted.
 */
export function readTrade(
  raw: unknown,
  earliestMs: number,
  latestMs: number,
): Trade | TradeFault {
  if (!isRecord(raw)) return "trade";
  const tradeId = readTradeId(raw.trade_id);
  if (tradeId === 0) return "trade_id";
  const productId = readProductId(raw.product_id);
  if (productId === null) return "product_id";
  const price = readAmount(raw.price);
  if (price === null) return "price";
  const size = readAmount(raw.size);
  if (size === null) return "size";
  // The feed does not document whose side this is. Coinbase's older feeds document the maker's, and the numbers agree
  // with that, so it is the maker's here. No other place decides it.
  const side = raw.side;
  if (side !== "BUY" && side !== "SELL") return "side";
  const timeMs = parseIsoTime(raw.time);
  if (timeMs === null) return "time";
  if (timeMs > latestMs) return "time_ahead";
  if (timeMs < earliestMs) return "time_behind";
  return { productId, tradeId, price, size, side, timeMs };
}

/** A positive safe integer given as digits or as a number; 0 for anything else. */
function readTradeId(raw: unknown): number {
  if (typeof raw === "number") return Number.isSafeInteger(raw) && raw > 0 ? raw : 0;
  if (typeof raw !== "string") return 0;
  const length = raw.length;
  if (length > MAX_TRADE_ID_LENGTH) return 0;
  let id = 0;
  for (let i = 0; i < length; i++) {
    const digit = raw.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return 0;
    id = id * 10 + digit;
  }
  return id <= Number.MAX_SAFE_INTEGER ? id : 0;
}

/**
 * A price or size: more than zero, at most forty digits. JSON numbers are refused, since a float may have lost digits.
 */
function readAmount(raw: unknown): Decimal | null {
  if (typeof raw !== "string" || raw.length > MAX_AMOUNT_LENGTH) return null;
  const amount = parseDecimal(raw);
  return amount !== null && amount.units > 0 ? amount : null;
}

// Every trade names its product, and there are a few hundred: the shape of each is checked once. When the cache is full
// of invented names it starts over, since it only saves time.
const MAX_KNOWN_PRODUCTS = 4096;
const knownProducts = new Map<unknown, ProductId>();

/** A product id, checked the first time and cached. */
function readProductId(raw: unknown): ProductId | null {
  const known = knownProducts.get(raw);
  if (known !== undefined) return known;
  const productId = parseProductId(raw);
  if (productId === null) return null;
  if (knownProducts.size >= MAX_KNOWN_PRODUCTS) knownProducts.clear();
  knownProducts.set(productId, productId);
  return productId;
}
