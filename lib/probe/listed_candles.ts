import { type Granularity, GRANULARITY_SECONDS, isGranularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { readCandle } from "../coinbase/candle_reader.ts";
import { asList, isRecord } from "../coinbase/json.ts";
import type { ExchangeCandle } from "../exchange/exchange_candle.ts";
import type { Answer, Evidence } from "./evidence.ts";

/** The candles of one answer, ascending, with what was requested. */
export interface CandleList {
  readonly answer: Answer;
  readonly product: ProductId;
  readonly granularity: Granularity;
  /** Of the first and the last requested candle. */
  readonly start: number;
  readonly end: number;
  readonly rows: readonly unknown[];
  readonly candles: readonly ExchangeCandle[];
  /** Buckets that end here or earlier are over and settled, by the exchange's clock. */
  readonly settledUntil: number;
}

/** The exchange may still put the last trades into its newest candles. */
export const SETTLE_SECONDS = 10;

/** All lists of candles that were served and are of a known kind. */
export function candleLists(evidence: Evidence): readonly CandleList[] {
  return evidence.served("candles", "candles ends").flatMap((answer) => {
    const { product, query, json } = answer;
    const granularity = query.get("granularity");
    const rows = asList(json?.candles);
    if (product === null || !isGranularity(granularity) || rows === null) return [];
    const candles = rows.flatMap((row) => readCandle(row, product, granularity) ?? [])
      .sort((a, b) => a.start - b.start);
    return [{
      answer,
      product,
      granularity,
      start: Number(query.get("start")),
      end: Number(query.get("end")),
      rows,
      candles,
      settledUntil: Date.parse(answer.headers.date ?? "") / 1000 - SETTLE_SECONDS,
    }];
  });
}

/** The row that a candle was read from. */
export function rowOf({ rows }: CandleList, start: number): unknown {
  return rows.find((row) => isRecord(row) && Number(row.start) === start);
}

/** Whether a bucket has been over for long enough. */
export function isSettled(list: CandleList, start: number): boolean {
  return start + GRANULARITY_SECONDS[list.granularity] <= list.settledUntil;
}
