import type { Candle } from "../candles/candle.ts";
import type { Clock } from "../time/clock.ts";
import type { Lease } from "./lease.ts";

/** JetStream's acknowledgement of a closed candle. */
export interface ClosedAck {
  readonly candle: Candle;
  /** Its sequence in CLOSED_CANDLES. */
  readonly sequence: number;
  /** JetStream had it already, byte for byte. */
  readonly duplicate: boolean;
}

/** A publisher's settings and callbacks. The callbacks must not throw. */
export interface ClosedPublisherOptions {
  /** Most candles that wait; 100,000 by default. */
  readonly capacity?: number | undefined;
  /** Candles sent longer ago are looked up before they are sent again; half the duplicate window by default. */
  readonly forgottenAfterMs?: number;
  /**
   * The right to publish. While it is suspended candles wait; once it is lost, what is queued is forgotten, since its
   * next holder publishes that.
   */
  readonly lease?: Lease;
  readonly clock?: Clock;
  /** JetStream has kept the candle. Called in the order of publishing. */
  readonly onAck?: (ack: ClosedAck) => void;
  /** The queue is full: this candle is not published, and must be found again some other way. */
  readonly onOverflow: (candle: Candle) => void;
  /**
   * This revision of the candle was published before, with other content (`stored`, as JetStream keeps it):
   * publish it again one revision higher.
   */
  readonly onConflict: (candle: Candle, stored: Uint8Array) => void;
}
