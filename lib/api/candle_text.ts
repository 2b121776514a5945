import { type Decimal, formatDecimal } from "../candles/decimal.ts";
import { encodeCandle, type WireCandle } from "../candles/wire.ts";
import type { CandleFormat } from "./candle_request.ts";

/** How a stream of candles is written: a head once, then each candle. */
export interface CandleText {
  readonly contentType: string;
  readonly head: string;
  readonly line: (candle: WireCandle) => string;
}

const COLUMNS = "product_id,granularity,timestamp,open,high,low,close,volume,is_complete,trades," +
  "quote_volume,buy_volume,exact,revision,first_trade_id,last_trade_id";

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
  const { open, high, low, close, volume } = candle;
  return `${candle.productId},${candle.granularity},${candle.start},${formatDecimal(open)},${
    formatDecimal(high)
  },${formatDecimal(low)},${formatDecimal(close)},${formatDecimal(volume)},${candle.isComplete},${
    candle.trades ?? ""
  },${nullable(candle.quoteVolume)},${
    nullable(candle.buyVolume)
  },${candle.exact},${candle.revision},${candle.firstTradeId ?? ""},${
    candle.lastTradeId ?? ""
  }\r\n`;
}

function nullable(value: Decimal | null): string {
  return value === null ? "" : formatDecimal(value);
}
