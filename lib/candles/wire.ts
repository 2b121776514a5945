import type { Candle } from "./candle.ts";
import type { Decimal } from "./decimal.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";
import type { EpochSeconds } from "./granularity.ts";
import { GRANULARITY_SECONDS, isGranularity } from "./granularity.ts";
import { parseProductId } from "./product.ts";

/** A candle on its way out: history also has granularities that are multiples of ours. */
export type WireCandle = Omit<Candle, "granularity"> & { readonly granularity: string };

/** Longest text `decodeCandle` reads; a real candle is below 700 characters. */
export const MAX_CANDLE_LENGTH = 4096;

/**
 * A candle as it goes over every wire: one JSON object, numbers as JSON numbers with their exact digits,
 * keys in a fixed order. `timestamp` is the start in epoch seconds.
 */
export function encodeCandle(candle: WireCandle): string {
  return `{"product_id":"${candle.productId}","granularity":"${candle.granularity}","timestamp":${candle.start},"open":${
    formatDecimal(candle.open)
  },"high":${formatDecimal(candle.high)},"low":${formatDecimal(candle.low)},"close":${
    formatDecimal(candle.close)
  },"volume":${
    formatDecimal(candle.volume)
  },"is_complete":${candle.isComplete},"trades":${candle.trades},"quote_volume":${
    formatNullable(candle.quoteVolume)
  },"buy_volume":${
    formatNullable(candle.buyVolume)
  },"exact":${candle.exact},"revision":${candle.revision},"first_trade_id":${candle.firstTradeId},"last_trade_id":${candle.lastTradeId}}`;
}

function formatNullable(value: Decimal | null): string {
  return value === null ? "null" : formatDecimal(value);
}

/**
 * Reads what `encodeCandle` wrote (keys in any order, unknown keys ignored) without any number passing
 * through a float. Null for anything that is not a whole, sane candle; never throws.
 */
export function decodeCandle(text: string): Candle | null {
  const fields = readFlatObject(text);
  if (fields === null) return null;
  const granularity = unquote(fields.get("granularity"));
  const productId = parseProductId(unquote(fields.get("product_id")));
  const start = readInteger(fields.get("timestamp"));
  const open = parseDecimal(fields.get("open"));
  const high = parseDecimal(fields.get("high"));
  const low = parseDecimal(fields.get("low"));
  const close = parseDecimal(fields.get("close"));
  const volume = parseDecimal(fields.get("volume"));
  const isComplete = readBoolean(fields.get("is_complete"));
  const exact = readBoolean(fields.get("exact"));
  const revision = readInteger(fields.get("revision"));
  const trades = nullable(fields.get("trades"), readInteger);
  const quoteVolume = nullable(fields.get("quote_volume"), parseDecimal);
  const buyVolume = nullable(fields.get("buy_volume"), parseDecimal);
  const firstTradeId = nullable(fields.get("first_trade_id"), readInteger);
  const lastTradeId = nullable(fields.get("last_trade_id"), readInteger);
  if (
    productId === null || !isGranularity(granularity) || start === null || open === null ||
    high === null || low === null || close === null || volume === null || isComplete === null ||
    exact === null || revision === null || trades === undefined || quoteVolume === undefined ||
    buyVolume === undefined || firstTradeId === undefined || lastTradeId === undefined ||
    start % GRANULARITY_SECONDS[granularity] !== 0
  ) return null;
  return {
    productId,
    granularity,
    start: start as EpochSeconds,
    open,
    high,
    low,
    close,
    volume,
    trades,
    quoteVolume,
    buyVolume,
    firstTradeId,
    lastTradeId,
    isComplete,
    exact,
    revision,
  };
}

// One flat object: `"key":value` with a string, number or literal as value. Escapes are not read, since
// no value of ours needs one; a text that has one is not ours.
const FIELD = /\s*"([a-z_]+)"\s*:\s*("[^"\\]*"|-?[0-9.]+|true|false|null)\s*([,}])/y;

function readFlatObject(text: string): Map<string, string> | null {
  if (text.length > MAX_CANDLE_LENGTH) return null;
  const begin = text.indexOf("{");
  if (begin < 0 || text.slice(0, begin).trim() !== "") return null;
  const fields = new Map<string, string>();
  FIELD.lastIndex = begin + 1;
  for (;;) {
    const match = FIELD.exec(text);
    if (match === null) return null;
    const [whole, key, value, stop] = match;
    if (key === undefined || value === undefined || fields.has(key)) return null;
    fields.set(key, value);
    if (stop === "}") return text.slice(match.index + whole.length).trim() === "" ? fields : null;
  }
}

function unquote(value: string | undefined): string | undefined {
  return value?.startsWith('"') ? value.slice(1, -1) : undefined;
}

function readInteger(value: string | undefined): number | null {
  if (value === undefined || !/^\d{1,16}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function readBoolean(value: string | undefined): boolean | null {
  return value === "true" ? true : value === "false" ? false : null;
}

/** Null stays null; `undefined` says that the value is missing or wrong. */
function nullable<T>(
  value: string | undefined,
  read: (value: string) => T | null,
): T | null | undefined {
  if (value === "null") return null;
  return value === undefined ? undefined : read(value) ?? undefined;
}
