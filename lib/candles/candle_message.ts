import type { CandleKey } from "./candle.ts";

/** One state of one candle, as the bus carries it. */
export interface CandleMessage {
  readonly key: CandleKey;
  /**
   * Its wire text. It may be a view into a larger read of a socket, so copy it to keep it for long.
   */
  readonly bytes: Uint8Array;
  /** Its sequence in CLOSED_CANDLES if it is a closed candle, else null. */
  readonly sequence: number | null;
}

/** Receives what the bus delivers. The hub implements it without knowing the bus. */
export interface CandleReceiver {
  /** Takes the messages of one read of the bus' socket, in order. */
  deliver(batch: readonly CandleMessage[]): void;
}

export interface ClosedMessage extends CandleMessage {
  readonly sequence: number;
}

/** A key's current candle, read from the bus on request. */
export type CurrentMessage = Omit<CandleMessage, "sequence">;
