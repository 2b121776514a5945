/** What alerts are judged by: a candle as streams and history have it, its numbers rounded to doubles. */
export interface AlertCandle {
  readonly product_id: string;
  readonly granularity: string;
  /** The start, epoch seconds. */
  readonly timestamp: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly is_complete: boolean;
}
