import type { CandleKey } from "../candles/candle.ts";
import type { ClosedMessage, CurrentMessage } from "../candles/candle_message.ts";

/** What CLOSED_CANDLES keeps: its oldest and newest sequence (`last = first - 1` while empty). */
export interface ClosedBounds {
  readonly first: number;
  readonly last: number;
}

/** Source for closed candles missed by the subscription. */
export interface ClosedSource {
  /** Closed candles after a sequence in order, up to the newest at the time of the call. */
  history(
    afterSequence: number,
    keys: readonly CandleKey[] | null,
    signal: AbortSignal,
  ): AsyncIterable<ClosedMessage>;
  bounds(): Promise<ClosedBounds>;
}

/** All that the hub reads: closed candles, and the current one of every key, as `live-candles` has them. */
export interface CandleSource extends ClosedSource {
  current(): Promise<Iterable<CurrentMessage>>;
}
