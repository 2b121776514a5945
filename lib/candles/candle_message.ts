import type { CandleKey } from "./candle.ts";

/** One state of one candle, as the bus carries it. */
export interface CandleMessage {
  readonly key: CandleKey;
  /** Its wire text: it may be a view into a whole read of a socket, so whoever keeps it long keeps a copy. */
  readonly bytes: Uint8Array;
  /** Its sequence in CLOSED_CANDLES if it is a closed candle, else null. */
  readonly sequence: number | null;
}

/** Whoever takes what the bus delivers: the hub, which does not know the bus. */
export interface CandleReceiver {
  /** Takes the messages of one read of the bus' socket, in order. */
  deliver(batch: readonly CandleMessage[]): void;
}

/** A closed candle's. */
export interface ClosedMessage extends CandleMessage {
  readonly sequence: number;
}

/** A key's current candle, which was read rather than received. */
export type CurrentMessage = Omit<CandleMessage, "sequence">;
