import { compare, parseDecimal } from "../candles/decimal.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import { bucketStart, epochSeconds } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import { isRecord } from "./json.ts";

/** Reads one row; null if it is not a sane candle of this granularity. */
export function readCandle(
  raw: unknown,
  productId: ProductId,
  granularity: Granularity,
): ExchangeCandle | null {
  if (!isRecord(raw)) return null;
  const start = readStart(raw.start, granularity);
  const open = parseDecimal(raw.open);
  const high = parseDecimal(raw.high);
  const low = parseDecimal(raw.low);
  const close = parseDecimal(raw.close);
  const volume = parseDecimal(raw.volume);
  if (
    start === null || open === null || high === null || low === null || close === null ||
    volume === null || volume.units < 0 || low.units <= 0 ||
    compare(open, low) < 0 || compare(close, low) < 0 ||
    compare(high, open) < 0 || compare(high, close) < 0
  ) return null;
  return { productId, granularity, start, open, high, low, close, volume };
}

function readStart(raw: unknown, granularity: Granularity): EpochSeconds | null {
  const seconds = typeof raw === "string" && /^\d{1,12}$/.test(raw) ? Number(raw) : raw;
  if (typeof seconds !== "number" || !Number.isSafeInteger(seconds)) return null;
  const start = epochSeconds(seconds);
  return bucketStart(start * 1000, granularity) === start ? start : null;
}
