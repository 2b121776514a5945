import type { Candle } from "../../static/client.d.ts";

/** What alerts are judged by: of a candle of `/client.js` as much as conditions look at. */
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
