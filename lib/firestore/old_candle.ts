import type { Candle } from "../candles/candle.ts";
import { compare, type Decimal, parseDecimal } from "../candles/decimal.ts";
import {
  bucketEnd,
  type EpochSeconds,
  type Granularity,
  GRANULARITY_SECONDS,
} from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { estimateOf } from "../exchange/exchange_candle.ts";
import { isRecord } from "./document.ts";
import { plainValue } from "./plain_value.ts";

export interface OldKey {
  readonly productId: ProductId;
  readonly granularity: Granularity;
}

/** A candle of the older server, or the reason why it cannot be used. */
export type OldCandle =
  | { readonly candle: Candle; readonly reason: null }
  | { readonly candle: null; readonly reason: string };

/** Seconds up to here, milliseconds beyond: as milliseconds it is March 1973. */
const LAST_SECONDS = 100_000_000_000;

/**
 * Finds the candles of a document: it may be a candle, or hold many as a list or as a map by time. `id` is the
 * document's id, which is used as the time of a candle without one.
 */
export function oldCandles(
  fields: Readonly<Record<string, unknown>>,
  id: string,
  key: OldKey,
  nowSeconds: number,
): OldCandle[] {
  const { candles } = fields;
  if (Array.isArray(candles)) return candles.map((one) => oldCandle(one, null, key, nowSeconds));
  if (isRecord(candles)) {
    return Object.entries(candles).map(([time, one]) => oldCandle(one, time, key, nowSeconds));
  }
  return [oldCandle(fields, id, key, nowSeconds)];
}

function oldCandle(raw: unknown, time: string | null, key: OldKey, nowSeconds: number): OldCandle {
  const named = Array.isArray(raw) ? ofList(raw) : isRecord(raw) ? raw : {};
  // If no field can be read as a time, the document's id is used.
  const start = [named.timestamp, named.time, named.start, time].map(startOf)
    .find((one) => one !== null) ?? null;
  if (start === null) return skipped("no time");
  if (start % GRANULARITY_SECONDS[key.granularity] !== 0) {
    return skipped("its time is not the start of a bucket");
  }
  const bucket = start as EpochSeconds;
  if (bucketEnd(bucket, key.granularity) > nowSeconds) return skipped("still running");
  const [open, high, low, close, volume] = ["open", "high", "low", "close", "volume"]
    .map((name) => decimalOf(named[name]));
  if (!open || !high || !low || !close) return skipped("a price is missing");
  if (!volume) return skipped("no volume");
  const isSane = [open, close].every((price) =>
    compare(price, low) >= 0 && compare(price, high) <= 0
  );
  if (!isSane || compare(low, { units: 0, scale: 0 }) <= 0) {
    return skipped("its prices contradict each other");
  }
  if (compare(volume, { units: 0, scale: 0 }) < 0) return skipped("a negative volume");
  const values = { ...key, start: bucket, open, high, low, close, volume };
  return { candle: estimateOf(values), reason: null };
}

/**
 * Six numbers are time, open, high, low, close, volume, or in Coinbase's older order time, low, high, open, close,
 * volume. The third is the highest in both; the lowest shows which it is (if both may be, they are
 * equal).
 */
function ofList(list: readonly unknown[]): Readonly<Record<string, unknown>> {
  const [timestamp, second, high, fourth, close, volume] = list;
  const [a, b] = [decimalOf(second), decimalOf(fourth)];
  const isOlder = a !== null && b !== null && compare(a, b) < 0;
  const [low, open] = isOlder ? [second, fourth] : [fourth, second];
  return { timestamp, open, high, low, close, volume };
}

function startOf(value: unknown): number | null {
  if (isRecord(value)) {
    const plain = plainValue(value);
    return isRecord(plain) ? null : startOf(plain);
  }
  const [, day, clock, zone] = (typeof value === "string" &&
    /^(\d{4}-\d\d-\d\d)[T ]([\d:.]+) ?(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(value)) || [];
  if (day !== undefined) {
    // Without a zone it is UTC, wherever this runs.
    const ms = Date.parse(`${day}T${clock}${zone === undefined || zone === "UTC" ? "Z" : zone}`);
    return Number.isNaN(ms) ? null : ms / 1000;
  }
  const number = typeof value === "number"
    ? value
    : typeof value === "string" && /^\d{1,16}(\.0+)?$/.test(value)
    ? Number(value)
    : NaN;
  if (!(number > 0)) return null;
  return number < LAST_SECONDS ? number : number / 1000;
}

/** A float's shortest decimal digits, which is all that the older server had. */
function decimalOf(value: unknown): Decimal | null {
  if (typeof value === "string") return parseDecimal(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const text = `${value}`;
  const [, sign = "", whole = "", fraction = "", power] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (power === undefined) return parseDecimal(text);
  const shift = Number(power);
  const digits = whole + fraction;
  return parseDecimal(
    shift < 0
      ? `${sign}0.${"0".repeat(-shift - 1)}${digits}`
      : `${sign}${digits.padEnd(whole.length + shift, "0")}`,
  );
}

function skipped(reason: string): OldCandle {
  return { candle: null, reason };
}
