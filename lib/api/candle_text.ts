import { CANDLE_FIELDS, type WireCandle } from "../candles/candle_fields.ts";
import { formatDecimal } from "../candles/decimal.ts";
import { encodeCandle } from "../candles/wire.ts";
import type { CandleFormat } from "./candle_request.ts";

/** How a stream of candles is written: a head once, then each candle. */
export interface CandleText {
  readonly contentType: string;
  readonly head: string;
  readonly line: (candle: WireCandle) => string;
}

const COLUMNS = CANDLE_FIELDS.map(({ wire }) => wire).join(",");

/** The two formats that are streams; RFC 4180 has its own line end. */
export const CANDLE_TEXTS: Readonly<Record<Exclude<CandleFormat, "json">, CandleText>> = {
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    head: `${COLUMNS}\r\n`,
    line: csvLine,
  },
  ndjson: {
    contentType: "application/x-ndjson",
    head: "",
    line: (candle) => `${encodeCandle(candle)}\n`,
  },
};

/** No value of ours needs quoting; null is an empty field. */
function csvLine(candle: WireCandle): string {
  let line = "";
  for (const field of CANDLE_FIELDS) {
    const value = field.read(candle);
    if (line !== "") line += ",";
    if (value !== null) line += typeof value === "object" ? formatDecimal(value) : value;
  }
  return `${line}\r\n`;
}
