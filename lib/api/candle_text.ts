import { CANDLE_FIELDS, FIELDS, type WireCandle } from "../candles/candle_fields.ts";
import { formatDecimal } from "../candles/decimal.ts";
import { encodeCandle } from "../candles/wire.ts";

/** A text format: a head once, then each candle. */
export interface CandleText {
  readonly head: string;
  readonly line: (candle: WireCandle) => string;
}

const COLUMNS = CANDLE_FIELDS.map(({ wire }) => wire).join(",");

/** The formats that are lines; RFC 4180 has its own line end. `csv-iso` has times that spreadsheets and people read. */
export const CANDLE_TEXTS: Readonly<Record<"csv" | "csv-iso" | "ndjson", CandleText>> = {
  csv: { head: `${COLUMNS}\r\n`, line: (candle) => csvLine(candle, `${candle.start}`) },
  "csv-iso": { head: `${COLUMNS}\r\n`, line: (candle) => csvLine(candle, isoTime(candle.start)) },
  ndjson: { head: "", line: (candle) => `${encodeCandle(candle)}\n` },
};

/** Candles as text: a chunk of each piece of them, written as they are consumed. */
export async function* textChunks(
  pieces: AsyncIterable<readonly WireCandle[]>,
  { head, line }: CandleText,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let text = head;
  for await (const candles of pieces) {
    for (const candle of candles) text += line(candle);
    yield encoder.encode(text);
    text = "";
  }
  if (text !== "") yield encoder.encode(text);
}

/** `2026-04-07T14:30:00Z` */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

/** No value needs quoting; null is an empty field. */
function csvLine(candle: WireCandle, time: string): string {
  let line = "";
  for (const field of CANDLE_FIELDS) {
    const value = field === FIELDS.start ? time : field.read(candle);
    if (line !== "") line += ",";
    if (value !== null) line += typeof value === "object" ? formatDecimal(value) : value;
  }
  return `${line}\r\n`;
}
