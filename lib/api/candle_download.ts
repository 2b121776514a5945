import type { WireCandle } from "../candles/candle_fields.ts";
import { PARQUET, parquetChunks } from "./candle_parquet.ts";
import type { CandleFormat, CandleRequest } from "./candle_request.ts";
import { CANDLE_TEXTS, isoTime, textChunks } from "./candle_text.ts";

/** The media type of each format. */
export const CONTENT_TYPES: Readonly<Record<CandleFormat, string>> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson",
  parquet: PARQUET,
};

/** Candles in a request's format, as chunks made while their pieces are consumed. Not for JSON. */
export function downloadChunks(
  { format, isoTimes }: Pick<CandleRequest, "format" | "isoTimes">,
  pieces: AsyncIterable<readonly WireCandle[]>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (format === "json") throw new TypeError("JSON is answered in pages");
  if (format === "parquet") return parquetChunks(pieces);
  return textChunks(pieces, CANDLE_TEXTS[isoTimes ? "csv-iso" : format]);
}

/**
 * The header that gives a download its name: product, granularity, and the requested bounds,
 * `BTC-USD_ONE_HOUR_20260401T000000Z_20260501T000000Z.csv`.
 */
export function contentDisposition(
  { productId, multiple, start, end, format }: Omit<CandleRequest, "limit" | "fill" | "isoTimes">,
): string {
  const parts = [productId, multiple.name, ...boundText(start, "begin"), ...boundText(end, "now")];
  const name = start === null && end === null ? parts.slice(0, 2) : parts;
  return `attachment; filename="${name.join("_")}.${format}"`;
}

function boundText(bound: number | null, missing: string): readonly string[] {
  return [bound === null ? missing : isoTime(bound).replace(/[:-]/g, "")];
}
