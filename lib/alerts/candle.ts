import type { Candle } from "../../static/client.d.ts";

/** What alerts are judged by: the fields of a candle of `/client.js` that conditions read. */
export type AlertCandle = Pick<
  Candle,
  | "product_id"
  | "granularity"
  | "timestamp"
  | "open"
  | "high"
  | "low"
  | "close"
  | "volume"
  | "is_complete"
>;
