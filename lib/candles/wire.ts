import type { Candle } from "./candle.ts";
import { CANDLE_FIELDS, type CandleField, FIELDS, type WireCandle } from "./candle_fields.ts";
import { MAX_CANDLE_LENGTH } from "./candle_writer.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";
import { epochSeconds, GRANULARITY_SECONDS, isGranularity } from "./granularity.ts";
import { parseProductId } from "./product.ts";

export type { WireCandle } from "./candle_fields.ts";

const KEYS: readonly (readonly [CandleField, before: string])[] = CANDLE_FIELDS.map(
  (field, index) => [field, `${index === 0 ? "{" : ","}"${field.wire}":`],
);

/**
 * A candle as it goes over every wire: one JSON object, numbers as JSON numbers with their exact digits,
 * keys in a fixed order. `timestamp` is the start in epoch seconds.
 */
export function encodeCandle(candle: WireCandle): string {
  let text = "";
  for (const [field, before] of KEYS) {
    text += before;
    if (field.kind === "decimal") {
      const value = field.read(candle);
      text += value === null ? "null" : formatDecimal(value);
    } else if (field.kind === "text") text += `"${field.read(candle)}"`;
    else text += field.read(candle);
  }
  return text + "}";
}

/**
 * Reads what `encodeCandle` wrote (keys in any order, unknown keys ignored) without any number passing
 * through a float. Null for anything that is not a whole, sane candle; never throws.
 */
export function decodeCandle(text: string): Candle | null {
  const fields = readFlatObject(text);
  return fields === null ? null : readCandle(({ wire, kind }) => {
    const value = fields.get(wire);
    if (kind === "text") return unquote(value);
    return value === "null" ? null : value;
  });
}

/**
 * A candle out of its fields' texts: flags as `true` or `t`, `false` or `f`; null for a nullable
 * field without a value, `undefined` for a missing field. Null if they do not make a whole, sane
 * candle.
 */
export function readCandle(
  textOf: (field: CandleField<never>) => string | null | undefined,
): Candle | null {
  const granularity = textOf(FIELDS.granularity);
  const productId = parseProductId(textOf(FIELDS.productId));
  const start = readInteger(textOf(FIELDS.start));
  const open = parseDecimal(textOf(FIELDS.open));
  const high = parseDecimal(textOf(FIELDS.high));
  const low = parseDecimal(textOf(FIELDS.low));
  const close = parseDecimal(textOf(FIELDS.close));
  const volume = parseDecimal(textOf(FIELDS.volume));
  const isComplete = readFlag(textOf(FIELDS.isComplete));
  const trades = nullable(textOf(FIELDS.trades), readInteger);
  const quoteVolume = nullable(textOf(FIELDS.quoteVolume), parseDecimal);
  const buyVolume = nullable(textOf(FIELDS.buyVolume), parseDecimal);
  const exact = readFlag(textOf(FIELDS.exact));
  const revision = readInteger(textOf(FIELDS.revision));
  const firstTradeId = nullable(textOf(FIELDS.firstTradeId), readInteger);
  const lastTradeId = nullable(textOf(FIELDS.lastTradeId), readInteger);
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
    start: epochSeconds(start),
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

function readInteger(value: string | null | undefined): number | null {
  if (value === undefined || value === null || !/^\d{1,16}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

function readFlag(value: string | null | undefined): boolean | null {
  if (value === "true" || value === "t") return true;
  return value === "false" || value === "f" ? false : null;
}

/** Null stays null; `undefined` means that the value is missing or wrong. */
function nullable<T>(
  value: string | null | undefined,
  read: (value: string) => T | null,
): T | null | undefined {
  return value === null || value === undefined ? value : read(value) ?? undefined;
}
